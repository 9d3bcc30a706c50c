package maple.like.adapter.web;

import maple.like.application.port.in.EraseAccount;
import maple.like.domain.AccountId;
import maple.like.domain.Liker;
import org.springframework.http.MediaType;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Erases accounts: the caller's, and for operators any. */
@RestController
@RequestMapping(path = "/api/v2/accounts", produces = MediaType.APPLICATION_JSON_VALUE)
final class AccountController {
    private final EraseAccount erasing;

    AccountController(EraseAccount erasing) {
        this.erasing = erasing;
    }

    @DeleteMapping("/me/likes")
    Answer<ErasureData> eraseCaller(@AuthenticationPrincipal Liker liker) {
        return erase(liker.account());
    }

    @DeleteMapping("/{accountId}/likes")
    Answer<ErasureData> eraseAccount(@PathVariable("accountId") String accountId) {
        LikerAuthentication caller = LikerAuthentication.current();
        if (caller == null || !caller.isOperator()) {
            throw new ProblemException(Problem.FORBIDDEN.document());
        }
        return erase(Parameters.account(accountId));
    }

    private Answer<ErasureData> erase(AccountId account) {
        return Answer.of(new ErasureData(erasing.erase(account).removed()));
    }

    record ErasureData(long removed) {}
}
