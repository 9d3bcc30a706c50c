package maple.like.bootstrap.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Arrays;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.redis.RedisAdapter;
import maple.like.adapter.web.WebAdapter;
import maple.like.application.service.LikeUseCases;
import maple.like.bootstrap.LikeApplication;
import maple.like.domain.RelationKey;

/**
 * The classes that are shipped. Found by where the modules lie, not by their names: contract suites share packages with
 * what they test, and come in jars of their own.
 */
enum Production {
    DOMAIN(RelationKey.class),
    APPLICATION(LikeUseCases.class),
    REDIS(RedisAdapter.class),
    JPA(JpaLikes.class),
    WEB(WebAdapter.class),
    BOOTSTRAP(LikeApplication.class);

    static final String BASE = "maple.like";

    /** A class of the module. */
    final Class<?> witness;

    Production(Class<?> witness) {
        this.witness = witness;
    }

    /** The folder or the jar of the module. */
    URI location() {
        try {
            return witness.getProtectionDomain().getCodeSource().getLocation().toURI();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static boolean includes(URI classFile) {
        return Arrays.stream(values())
                .anyMatch(module ->
                        classFile.toString().contains(module.location().getRawPath()));
    }

    static JavaClasses classes() {
        return Imported.CLASSES;
    }

    private static final class Imported {
        static final JavaClasses CLASSES = new ClassFileImporter()
                .withImportOption((Location file) -> includes(file.asURI()))
                .importPackages(BASE);
    }
}
