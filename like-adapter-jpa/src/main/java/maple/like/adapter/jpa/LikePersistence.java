package maple.like.adapter.jpa;

import jakarta.persistence.SharedCacheMode;
import jakarta.persistence.ValidationMode;
import java.util.List;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.tool.schema.Action;

/** Hibernate as the adapter needs it. */
public final class LikePersistence {
    private LikePersistence() {}

    /** The entities, for a session factory that is not built by {@link #sessionFactory}. */
    public static List<Class<?>> entityClasses() {
        return List.of(
                CharacterLikeEntity.class,
                GameCharacterAliasEntity.class,
                GameCharacterEntity.class,
                KeptAnswerEntity.class,
                LikeCharacterEntity.class,
                LikeErasureEntity.class,
                LikeFallbackEntity.class,
                LikePartitionEntity.class);
    }

    /**
     * Builds a session factory. The tables must exist, and stay as they are.
     *
     * @param database hands out connections in auto-commit mode; any isolation that a supported database has by default
     *     is safe, and {@code READ COMMITTED} has the fewest conflicts
     * @return to be closed by the caller
     */
    public static SessionFactory sessionFactory(DataSource database) {
        HibernatePersistenceConfiguration configuration = new HibernatePersistenceConfiguration("like");
        configuration
                .managedClasses(entityClasses())
                .schemaToolingAction(Action.NONE)
                .sharedCacheMode(SharedCacheMode.NONE)
                .validationMode(ValidationMode.NONE)
                .property(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, database)
                // The catcher of the exception decides whether to log it.
                .property(JdbcSettings.LOG_JDBC_ERRORS, false)
                .property(JdbcSettings.LOG_JDBC_WARNINGS, false);
        return configuration.createEntityManagerFactory();
    }
}
