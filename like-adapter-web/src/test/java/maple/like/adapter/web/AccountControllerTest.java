package maple.like.adapter.web;

import static maple.like.adapter.web.Api.assertOk;
import static maple.like.adapter.web.Api.assertProblem;
import static maple.like.adapter.web.Api.call;

import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

@SpringBootTest
@AutoConfigureMockMvc
class AccountControllerTest {
    private static final String MINE = "/api/v2/accounts/me/likes";

    @Autowired
    MockMvcTester mvc;

    private static String likesOf(String account) {
        return "/api/v2/accounts/" + Api.encode(account) + "/likes";
    }

    private static String removed(int likes) {
        return "{\"success\":true,\"data\":{\"removed\":" + likes + "}}";
    }

    private MvcTestResult delete(String path, Token token) {
        return call(mvc, "DELETE", path, token).exchange();
    }

    @Test
    void callersEraseThemselvesAndOperatorsAnyAccount() {
        Token operator = Token.of("op").with("scope", "likes operator");
        assertOk(delete(MINE, Token.of("account-2")), removed(9));
        assertOk(delete(MINE, operator), removed(2));
        assertOk(delete(likesOf("auth0|a:b@c"), operator), removed(11));
        assertProblem(delete(likesOf("op"), Token.of("op")), Problem.FORBIDDEN, likesOf("op"));
        assertProblem(call(mvc, "DELETE", MINE).exchange(), Problem.UNAUTHENTICATED, MINE);
        assertProblem(
                delete(likesOf("a b"), operator),
                Problem.INVALID_REQUEST,
                "An account id has 1 to 255 characters, none of them white space or control: 3 characters given",
                likesOf("a b"));
        String unfinished = likesOf(StubLikes.UNKNOWN);
        assertProblem(delete(unfinished, operator), Problem.ERASURE_UNDER_WAY, unfinished);
    }
}
