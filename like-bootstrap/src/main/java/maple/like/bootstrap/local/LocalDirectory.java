package maple.like.bootstrap.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** The data folder of local mode, used by one process at a time. */
final class LocalDirectory implements AutoCloseable {
    private final Path path;
    private final FileChannel lock;

    private LocalDirectory(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    static LocalDirectory open(String directory) {
        Path path = Path.of(directory).toAbsolutePath();
        try {
            Files.createDirectories(path);
            FileChannel lock =
                    FileChannel.open(path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!tryLock(lock)) {
                lock.close();
                throw new InvalidConfigurationPropertyValueException(
                        LocalModeConfiguration.DIRECTORY,
                        directory,
                        "Another process in local mode uses this folder. Stop it, or set another folder.");
            }
            return new LocalDirectory(path, lock);
        } catch (IOException e) {
            throw new InvalidConfigurationPropertyValueException(
                    LocalModeConfiguration.DIRECTORY, directory, "The folder cannot be written to: " + e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException lockedByThisProcess) {
            return false;
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
