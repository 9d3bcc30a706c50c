package maple.like.bootstrap;

import java.io.IOException;
import maple.like.adapter.web.ProblemWriter;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;

/** Answers what only Tomcat answers, often before any filter, with a problem instead of an HTML page. */
final class ProblemErrorReportValve extends ErrorReportValve {
    private final ProblemWriter problems;

    ProblemErrorReportValve(ProblemWriter problems) {
        this.problems = problems;
    }

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        try {
            problems.write(request, response);
            response.finishResponse();
        } catch (IOException clientIsGone) {
            // There is no connection to answer on.
        }
    }
}
