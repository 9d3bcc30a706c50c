package maple.like.adapter.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import maple.like.application.port.in.ReadLikes;
import maple.like.application.port.in.ReadLikes.Batch;
import maple.like.application.port.in.ReadRanking;
import maple.like.application.port.in.ReadRanking.Ranked;
import maple.like.application.port.in.ReadRanking.Ranking;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeCount;
import maple.like.domain.LikeStatus;
import maple.like.domain.Liker;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Serves the calls on many characters. */
@RestController
@RequestMapping(path = "/api/v2/characters", produces = MediaType.APPLICATION_JSON_VALUE)
final class CharactersController {
    private final ReadLikes readLikes;
    private final ReadRanking readRanking;
    private final WebSettings settings;

    CharactersController(ReadLikes readLikes, ReadRanking readRanking, ObjectProvider<WebSettings> settings) {
        this.readLikes = readLikes;
        this.readRanking = readRanking;
        this.settings = settings.getIfAvailable(WebSettings::defaults);
    }

    /** Reads the names from the request, because Spring would split a single one at its commas. */
    @GetMapping("/likes")
    Answer<BatchData<?>> likes(
            HttpServletRequest request, HttpServletResponse response, @AuthenticationPrincipal @Nullable Liker liker) {
        Set<CharacterName> names = Parameters.names(request);
        response.addHeader(HttpHeaders.VARY, HttpHeaders.AUTHORIZATION);
        if (liker != null) {
            return Answer.of(BatchData.of(readLikes.statuses(liker.account(), names), Liked::of));
        }
        Batch<LikeCount> counts = readLikes.counts(names);
        settings.allowCaching(response);
        return Answer.of(BatchData.of(counts, Counted::of));
    }

    @GetMapping("/ranking")
    Answer<RankingData> ranking(
            @RequestParam(name = "limit", required = false) @Nullable String limit, HttpServletResponse response) {
        Ranking ranking = readRanking.ranking(Parameters.limit(limit));
        settings.allowCaching(response);
        return Answer.of(new RankingData(
                ranking.asOf().toString(),
                ranking.characters().stream().map(RankedData::of).toList()));
    }

    record RankingData(String asOf, List<RankedData> characters) {}

    record RankedData(int rank, String userIgn, long likeCount) {
        static RankedData of(Ranked ranked) {
            return new RankedData(
                    ranked.rank(), ranked.name().value(), ranked.likeCount().value());
        }
    }

    record BatchData<T>(List<T> characters, List<String> unknown) {
        static <V, T> BatchData<T> of(Batch<V> batch, BiFunction<CharacterName, V, T> entry) {
            List<T> characters = new ArrayList<>();
            batch.found().forEach((name, value) -> characters.add(entry.apply(name, value)));
            return new BatchData<>(
                    characters,
                    batch.unknown().stream().map(CharacterName::value).toList());
        }
    }

    record Counted(String userIgn, long likeCount) {
        static Counted of(CharacterName name, LikeCount count) {
            return new Counted(name.value(), count.value());
        }
    }

    record Liked(String userIgn, long likeCount, boolean liked) {
        static Liked of(CharacterName name, LikeStatus status) {
            return new Liked(name.value(), status.likeCount().value(), status.liked());
        }
    }
}
