package maple.like.adapter.jpa;

import jakarta.persistence.SharedCacheMode;
import jakarta.persistence.ValidationMode;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.hibernate.tool.schema.Action;

/** What the adapter needs of a database: its tables, and Hibernate on top of it. */
public final class LikePersistence {
    private LikePersistence() {}

    /**
     * Where Flyway finds the tables for a database.
     *
     * @param databaseProductName as {@link java.sql.DatabaseMetaData#getDatabaseProductName()} gives it
     * @return a Flyway location
     * @throws IllegalArgumentException if the database is not supported
     */
    public static String migrations(String databaseProductName) {
        String product = databaseProductName.toLowerCase(Locale.ROOT);
        if (product.contains("postgresql")) {
            return "classpath:db/migration/postgresql";
        }
        if (product.contains("mysql") || product.contains("mariadb")) {
            return "classpath:db/migration/mysql";
        }
        if (product.equals("h2")) {
            return "classpath:db/migration/h2";
        }
        throw new IllegalArgumentException(
                "The database must be PostgreSQL, MySQL, MariaDB or H2, not " + databaseProductName);
    }

    /** The entities, for whoever builds the session factory in another way than {@link #sessionFactory}. */
    public static List<Class<?>> entityClasses() {
        return List.of(
                CharacterLikeEntity.class,
                GameCharacterAliasEntity.class,
                GameCharacterEntity.class,
                LikeFallbackEntity.class,
                LikePartitionEntity.class);
    }

    /**
     * Hibernate as the adapter needs it. The tables must exist, and stay as they are.
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
                // Whoever catches the exception decides whether it is worth a line in the log.
                .property(JdbcSettings.LOG_JDBC_ERRORS, false)
                .property(JdbcSettings.LOG_JDBC_WARNINGS, false);
        return configuration.createEntityManagerFactory();
    }
}
