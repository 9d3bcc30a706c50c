package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ToggleLike;
import maple.like.application.port.in.ToggleLike.Result;
import maple.like.domain.CharacterName;
import maple.like.domain.IdempotencyKey;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeIntent;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves the calls on likes. Does not read request bodies. */
@RestController
@RequestMapping(path = "/api/v2/characters/{userIgn}/like", produces = MediaType.APPLICATION_JSON_VALUE)
final class LikeController {
    private final ToggleLike toggleLike;
    private final ReadLikes readLikes;
    private final WebSettings settings;

    LikeController(ToggleLike toggleLike, ReadLikes readLikes, ObjectProvider<WebSettings> settings) {
        this.toggleLike = toggleLike;
        this.readLikes = readLikes;
        this.settings = settings.getIfAvailable(WebSettings::defaults);
    }

    @PostMapping
    Answer<StatusData> toggle(
            @PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker, HttpServletRequest request) {
        return change(liker, userIgn, LikeIntent.TOGGLE, Parameters.idempotencyKey(request));
    }

    @PutMapping
    Answer<StatusData> like(@PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker) {
        return change(liker, userIgn, LikeIntent.LIKE, null);
    }

    @DeleteMapping
    Answer<StatusData> unlike(@PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker) {
        return change(liker, userIgn, LikeIntent.UNLIKE, null);
    }

    @GetMapping("/status")
    Answer<StatusData> status(@PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker) {
        CharacterName name = Parameters.name(userIgn);
        return readLikes
                .status(liker.account(), name)
                .map(StatusData::of)
                .map(Answer::of)
                .orElseThrow(() -> new ProblemException(Problem.CHARACTER_NOT_FOUND.document()));
    }

    @GetMapping("/count")
    Answer<CountData> count(@PathVariable("userIgn") String userIgn, HttpServletResponse response) {
        CharacterName name = Parameters.name(userIgn);
        LikeCount count =
                readLikes.count(name).orElseThrow(() -> new ProblemException(Problem.CHARACTER_NOT_FOUND.document()));
        settings.allowCaching(response);
        return Answer.of(new CountData(count.value()));
    }

    private Answer<StatusData> change(Liker liker, String userIgn, LikeIntent intent, @Nullable IdempotencyKey key) {
        CharacterName name = Parameters.name(userIgn);
        Result result = toggleLike.change(liker, name, intent, key);
        if (result instanceof Result.Done done) {
            return Answer.of(StatusData.of(done.status()));
        }
        throw new ProblemException(problemOf(result).document());
    }

    private static Problem problemOf(Result result) {
        if (result instanceof Result.KeyReused) {
            return Problem.IDEMPOTENCY_KEY_REUSED;
        }
        return result instanceof Result.SelfLike ? Problem.SELF_LIKE_NOT_ALLOWED : Problem.CHARACTER_NOT_FOUND;
    }

    record StatusData(boolean liked, long likeCount) {
        static StatusData of(LikeStatus status) {
            return new StatusData(status.liked(), status.likeCount().value());
        }
    }

    record CountData(long likeCount) {}
}
