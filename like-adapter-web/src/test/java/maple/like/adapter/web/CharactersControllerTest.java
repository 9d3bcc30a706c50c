package maple.like.adapter.web;

import static maple.like.adapter.web.Api.assertOk;
import static maple.like.adapter.web.Api.assertProblem;
import static maple.like.adapter.web.Api.call;
import static maple.like.adapter.web.Api.encode;
import static maple.like.adapter.web.Api.freshAccount;
import static maple.like.adapter.web.StubLikes.freshName;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import maple.like.domain.AccountId;
import maple.like.domain.CharacterName;
import maple.like.domain.LikeIntent;
import maple.like.domain.Liker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@SpringBootTest
@AutoConfigureMockMvc
class CharactersControllerTest {
    private static final String BATCH = "/api/v2/characters/likes";
    private static final String RANKING = "/api/v2/characters/ranking";

    @Autowired
    MockMvcTester mvc;

    @Autowired
    StubLikes likes;

    final String account = freshAccount();

    private void like(String name) {
        likes.change(new Liker(new AccountId(account), Set.of()), new CharacterName(name), LikeIntent.LIKE);
    }

    private static String batch(List<String> names) {
        return BATCH + names.stream().map(name -> "userIgn=" + encode(name)).collect(Collectors.joining("&", "?", ""));
    }

    private MvcTestResult get(String path) {
        return call(mvc, "GET", path).exchange();
    }

    @Test
    void aBatchIsAnsweredInTheOrderOfItsNamesEachOnceAndNamesTheUnknown() {
        String liked = freshName() + ",a,b";
        String other = freshName();
        like(liked);
        String path = batch(List.of(other, StubLikes.UNKNOWN, liked, " " + other));
        assertOk(
                get(path),
                "{\"success\":true,\"data\":{\"characters\":[{\"userIgn\":\"" + other
                        + "\",\"likeCount\":0},{\"userIgn\":\"" + liked
                        + "\",\"likeCount\":1}],\"unknown\":[\"" + StubLikes.UNKNOWN + "\"]}}");
        assertOk(
                call(mvc, "GET", path, Token.of(account)).exchange(),
                "{\"success\":true,\"data\":{\"characters\":[{\"userIgn\":\"" + other
                        + "\",\"likeCount\":0,\"liked\":false},{\"userIgn\":\"" + liked
                        + "\",\"likeCount\":1,\"liked\":true}],\"unknown\":[\"" + StubLikes.UNKNOWN + "\"]}}");
        assertThat(get(batch(List.of(liked))))
                .bodyText()
                .contains("\"likeCount\":1")
                .endsWith("\"unknown\":[]}}");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 101})
    void aBatchHas1To100Names(int names) {
        String path = names == 0 ? BATCH : batch(Collections.nCopies(names, "a"));
        assertProblem(
                get(path),
                Problem.INVALID_REQUEST,
                "The parameter userIgn is needed 1 to 100 times; it was sent " + names + " times.",
                BATCH);
        assertThat(get(batch(Collections.nCopies(100, "a")))).hasStatus(200);
    }

    @Test
    void aBatchWithAnInvalidNameOrOneThatCannotBeReadIsAProblem() {
        assertThat(get(batch(List.of(freshName(), "a\u0007b"))))
                .hasStatus(400)
                .bodyText()
                .contains("\"INVALID_CHARACTER_NAME\"", "a\\\\u0007b");
        assertProblem(get(batch(List.of(freshName(), StubLikes.OUTAGE))), Problem.LIKES_UNAVAILABLE, BATCH);
        assertProblem(
                call(mvc, "GET", batch(List.of("a")), "nonsense").exchange(),
                Problem.UNAUTHENTICATED,
                "The bearer token is invalid or expired.",
                BATCH);
        assertThat(Stream.of("POST", "PUT", "DELETE")
                        .map(method ->
                                call(mvc, method, BATCH, Token.of(account)).exchange()))
                .allSatisfy(answer -> assertProblem(answer, Problem.METHOD_NOT_ALLOWED, BATCH));
    }

    @Test
    void theRankingNeedsNoTokenAndHasALimit() {
        String first = "{\"rank\":1,\"userIgn\":\"아델\",\"likeCount\":5}";
        String asOf = "{\"success\":true,\"data\":{\"asOf\":\"2026-11-20T12:00:00Z\",\"characters\":[";
        assertOk(get(RANKING), asOf + first + ",{\"rank\":2,\"userIgn\":\"Evan\",\"likeCount\":0}]}}");
        assertOk(get(RANKING + "?limit=1"), asOf + first + "]}}");
        assertThat(get(RANKING + "?limit=100")).hasStatus(200);
        for (String limit : List.of("0", "101", "-1", "x", "", "1&limit=2", "1e1", "9999999999")) {
            assertProblem(
                    get(RANKING + "?limit=" + limit),
                    Problem.INVALID_REQUEST,
                    "The parameter limit is a number from 1 to 100.",
                    RANKING);
        }
    }
}
