package maple.like.adapter.web;

import static maple.like.adapter.web.Api.assertOk;
import static maple.like.adapter.web.Api.assertProblem;
import static maple.like.adapter.web.Api.call;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@SpringBootTest
@AutoConfigureMockMvc
class ListControllerTest {
    private static final String LIKERS = "/api/v2/characters/Adele/likers";
    private static final String LIKES = "/api/v2/accounts/me/likes";

    @Autowired
    MockMvcTester mvc;

    final Token token = Token.of("account-2");

    private MvcTestResult asOperator(String path) {
        return call(mvc, "GET", path, token.with("scope", "likes operator")).exchange();
    }

    @Test
    void likersAndLikesAreListedPageByPage() {
        assertOk(
                asOperator(LIKERS),
                "{\"success\":true,\"data\":{\"likers\":[{\"accountId\":\"account-1\",\"likedAt\":\"2026-11-20T12:00:00Z\"}],"
                        + "\"next\":null}}");
        assertOk(
                asOperator(LIKES + "?cursor=abc"),
                "{\"success\":true,\"data\":{\"likes\":[{\"userIgn\":\"account-2\",\"likedAt\":\"2026-11-20T12:00:00Z\"}],"
                        + "\"next\":\"50abc\"}}");
        for (String path : List.of(LIKERS, LIKES)) {
            assertThat(asOperator(path + "?limit=7&cursor=abc")).bodyText().endsWith("\"next\":\"7abc\"}}");
            assertProblem(
                    asOperator(path + "?limit=101"),
                    Problem.INVALID_REQUEST,
                    "The parameter limit is a number from 1 to 100.",
                    path);
            assertProblem(asOperator(path + "?cursor=mangled"), Problem.INVALID_REQUEST, path);
        }
    }

    @Test
    void hiddenLikersNeedAnotherTokenOrOne() {
        assertProblem(call(mvc, "GET", LIKERS, token).exchange(), Problem.FORBIDDEN, LIKERS);
        assertProblem(call(mvc, "GET", LIKERS).exchange(), Problem.UNAUTHENTICATED, LIKERS);
        assertProblem(call(mvc, "GET", LIKES).exchange(), Problem.UNAUTHENTICATED, LIKES);
        String unknown = LIKERS.replace("Adele", Api.encode(StubLikes.UNKNOWN));
        assertProblem(asOperator(unknown), Problem.CHARACTER_NOT_FOUND, unknown);
    }
}
