package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    void toggle(
            @PathVariable("userIgn") String userIgn,
            @AuthenticationPrincipal Liker liker,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        change(liker, userIgn, LikeIntent.TOGGLE, Parameters.idempotencyKey(request), response);
    }

    @PutMapping
    void like(
            @PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker, HttpServletResponse response)
            throws IOException {
        change(liker, userIgn, LikeIntent.LIKE, null, response);
    }

    @DeleteMapping
    void unlike(
            @PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker, HttpServletResponse response)
            throws IOException {
        change(liker, userIgn, LikeIntent.UNLIKE, null, response);
    }

    @GetMapping("/status")
    void status(
            @PathVariable("userIgn") String userIgn, @AuthenticationPrincipal Liker liker, HttpServletResponse response)
            throws IOException {
        CharacterName name = Parameters.name(userIgn);
        write(
                readLikes
                        .status(liker.account(), name)
                        .orElseThrow(() -> new ProblemException(Problem.CHARACTER_NOT_FOUND.document())),
                response);
    }

    @GetMapping("/count")
    void count(@PathVariable("userIgn") String userIgn, HttpServletResponse response) throws IOException {
        CharacterName name = Parameters.name(userIgn);
        LikeCount count =
                readLikes.count(name).orElseThrow(() -> new ProblemException(Problem.CHARACTER_NOT_FOUND.document()));
        settings.allowCaching(response);
        write("{\"likeCount\":" + count.value() + "}", response);
    }

    private void change(
            Liker liker, String userIgn, LikeIntent intent, @Nullable IdempotencyKey key, HttpServletResponse response)
            throws IOException {
        CharacterName name = Parameters.name(userIgn);
        Result result = toggleLike.change(liker, name, intent, key);
        if (!(result instanceof Result.Done done)) {
            throw new ProblemException(problemOf(result).document());
        }
        write(done.status(), response);
    }

    private static void write(LikeStatus status, HttpServletResponse response) throws IOException {
        write(
                "{\"liked\":" + status.liked() + ",\"likeCount\":"
                        + status.likeCount().value() + "}",
                response);
    }

    /**
     * As an {@link Answer}, without looking for a converter: these are the calls whose cost matters. The container adds the
     * length; known before, it would send the response before the filters have ended.
     */
    private static void write(String data, HttpServletResponse response) throws IOException {
        byte[] body = ("{\"success\":true,\"data\":" + data + "}").getBytes(StandardCharsets.US_ASCII);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(body);
    }

    private static Problem problemOf(Result result) {
        if (result instanceof Result.KeyReused) {
            return Problem.IDEMPOTENCY_KEY_REUSED;
        }
        return result instanceof Result.SelfLike ? Problem.SELF_LIKE_NOT_ALLOWED : Problem.CHARACTER_NOT_FOUND;
    }
}
