package maple.like.adapter.web;

import java.util.List;
import maple.like.application.port.in.ListLikes;
import maple.like.application.port.in.ListLikes.LikedBy;
import maple.like.application.port.in.ListLikes.LikedCharacter;
import maple.like.application.port.in.ListLikes.Likers;
import maple.like.application.port.in.ListLikes.Page;
import maple.like.application.port.in.ListLikes.Request;
import maple.like.application.port.in.ListLikes.Viewer;
import maple.like.domain.CharacterName;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves lists of likes, page by page. */
@RestController
@RequestMapping(path = "/api/v2", produces = MediaType.APPLICATION_JSON_VALUE)
final class ListController {
    private final ListLikes listLikes;

    ListController(ListLikes listLikes) {
        this.listLikes = listLikes;
    }

    @GetMapping("/characters/{userIgn}/likers")
    Answer<LikersData> likers(
            @PathVariable("userIgn") String userIgn,
            @RequestParam(name = "limit", required = false) @Nullable String limit,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor) {
        CharacterName name = Parameters.name(userIgn);
        LikerAuthentication authentication = LikerAuthentication.current();
        Liker caller = authentication == null ? null : authentication.getPrincipal();
        boolean operator = authentication != null && authentication.isOperator();
        Likers likers = listLikes.likers(new Viewer(caller, operator), name, request(limit, cursor));
        if (likers instanceof Likers.Shown shown) {
            return Answer.of(LikersData.of(shown.page()));
        }
        Problem hidden = caller == null ? Problem.UNAUTHENTICATED : Problem.FORBIDDEN;
        throw new ProblemException((likers instanceof Likers.Hidden ? hidden : Problem.CHARACTER_NOT_FOUND).document());
    }

    @GetMapping("/accounts/me/likes")
    Answer<LikesData> likes(
            @RequestParam(name = "limit", required = false) @Nullable String limit,
            @RequestParam(name = "cursor", required = false) @Nullable String cursor,
            @AuthenticationPrincipal Liker liker) {
        return Answer.of(LikesData.of(listLikes.likes(liker.account(), request(limit, cursor))));
    }

    private static Request request(@Nullable String limit, @Nullable String cursor) {
        return new Request(cursor, Parameters.limit(limit));
    }

    record LikersData(List<LikedByData> likers, @Nullable String next) {
        static LikersData of(Page<LikedBy> page) {
            return new LikersData(page.entries().stream().map(LikedByData::of).toList(), page.next());
        }
    }

    record LikedByData(String accountId, String likedAt) {
        static LikedByData of(LikedBy liker) {
            return new LikedByData(liker.account().value(), liker.likedAt().toString());
        }
    }

    record LikesData(List<LikedData> likes, @Nullable String next) {
        static LikesData of(Page<LikedCharacter> page) {
            return new LikesData(page.entries().stream().map(LikedData::of).toList(), page.next());
        }
    }

    record LikedData(String userIgn, String likedAt) {
        static LikedData of(LikedCharacter liked) {
            return new LikedData(liked.name().value(), liked.likedAt().toString());
        }
    }
}
