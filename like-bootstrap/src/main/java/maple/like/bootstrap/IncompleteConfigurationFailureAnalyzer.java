package maple.like.bootstrap;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says it in the words of the exception instead of a stack trace. */
final class IncompleteConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<IncompleteConfigurationException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, IncompleteConfigurationException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
