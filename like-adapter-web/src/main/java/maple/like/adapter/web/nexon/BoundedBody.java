package maple.like.adapter.web.nexon;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Collects a body and cancels the exchange once it exceeds a limit. Unlike a stream, whose read swallows interrupts on
 * JDK 17, it blocks no thread.
 */
final class BoundedBody implements BodySubscriber<byte[]> {
    private final BodySubscriber<byte[]> body = BodySubscribers.ofByteArray();
    private int room;
    private @Nullable Subscription subscription;

    BoundedBody(int maxBytes) {
        this.room = maxBytes;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return body.getBody();
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        body.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> parts) {
        room -= parts.stream().mapToInt(ByteBuffer::remaining).sum();
        if (room >= 0) {
            body.onNext(parts);
        } else if (subscription != null) {
            subscription.cancel();
            onError(new TooLargeException());
        }
    }

    @Override
    public void onError(Throwable failure) {
        body.onError(failure);
    }

    @Override
    public void onComplete() {
        body.onComplete();
    }

    static final class TooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
