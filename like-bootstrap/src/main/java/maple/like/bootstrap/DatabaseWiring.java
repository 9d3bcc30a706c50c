package maple.like.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import javax.sql.DataSource;
import maple.like.adapter.jpa.DatabaseVendor;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.adapter.jpa.SchemaHistory;
import maple.like.application.DatabaseUnavailableException;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import maple.like.bootstrap.local.LocalModeConfiguration;
import maple.like.domain.LikePartitions;
import org.hibernate.SessionFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The database, its migrations, and the ports that it serves. */
@Configuration(proxyBeanMethods = false)
class DatabaseWiring {
    /** Longer than any statement of the service takes. */
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(20);

    /** Runs after the user's properties were bound, which prevail, and before the first connection. */
    @Bean
    static BeanPostProcessor connectionDefaults() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String beanName) {
                if (bean instanceof HikariDataSource pool) {
                    setDefaults(pool);
                }
                return bean;
            }
        };
    }

    static void setDefaults(HikariDataSource pool) {
        String url = String.valueOf(pool.getJdbcUrl());
        try {
            DatabaseVendor vendor = DatabaseVendor.ofUrl(url);
            addMissing(pool, url, vendor.socketTimeout(REPLY_TIMEOUT));
            addMissing(pool, url, vendor.withoutSession());
            if (pool.getExceptionOverride() == null) {
                pool.setExceptionOverride(new ConnectionReplacement(vendor, pool));
            }
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(
                    e.getMessage() + ".", "Set spring.datasource.url in the form jdbc:postgresql://localhost/likes.");
        }
    }

    private static void addMissing(HikariDataSource pool, String url, Map<String, String> properties) {
        properties.forEach((property, value) -> {
            if (!url.contains(property) && !pool.getDataSourceProperties().containsKey(property)) {
                pool.addDataSourceProperty(property, value);
            }
        });
    }

    /** The baseline is for a schema that holds tables of another application. */
    @Bean
    FlywayConfigurationCustomizer likeMigrations(DataSource database, Environment environment) {
        return flyway -> flyway.locations(migrations(DatabaseConnection.check(database, environment), environment))
                .table(SchemaHistory.TABLE)
                .baselineOnMigrate(true)
                .baselineVersion("0");
    }

    private static String[] migrations(DatabaseVendor vendor, Environment environment) {
        boolean local = environment.getProperty(LocalModeConfiguration.ACTIVE, Boolean.class, false);
        return local
                ? new String[] {vendor.migrations(), LocalModeConfiguration.TABLES}
                : new String[] {vendor.migrations()};
    }

    @Bean
    FlywayMigrationStrategy likeMigrationStrategy() {
        return new SchemaMigration();
    }

    @Bean(destroyMethod = "close")
    @DependsOnDatabaseInitialization
    SessionFactory sessionFactory(DataSource database) {
        return LikePersistence.sessionFactory(database);
    }

    @Bean
    JpaLikes jpaLikes(SessionFactory sessions, LikePartitions partitions, Clock clock, MeterRegistry meters) {
        JpaLikes likes = new JpaLikes(sessions, partitions, clock, new MeteredCharacterMonitor(meters));
        try {
            ensure(partitions, likes);
        } catch (DatabaseUnavailableException e) {
            throw DatabaseConnection.refused(e);
        }
        return likes;
    }

    private static void ensure(LikePartitions partitions, JpaLikes likes) {
        int stored = likes.storedPartitions();
        if (stored != 0 && stored != partitions.count()) {
            throw new ConfigurationException(
                    "like.redis.partitions is " + partitions.count() + ", but the database is divided into " + stored
                            + ".",
                    "Set like.redis.partitions to " + stored + ", the same for every instance; docs/configuration.md"
                            + " describes how to change the number.");
        }
        likes.ensurePartitions();
    }

    @Bean
    LikeLedger likeLedger(JpaLikes likes) {
        return likes.ledger();
    }

    @Bean
    LikeCountStore likeCountStore(JpaLikes likes) {
        return likes.counts();
    }

    @Bean
    CharacterDirectory storedCharacters(JpaLikes likes) {
        return likes.directory();
    }

    @Bean
    CharacterRegistry characterRegistry(JpaLikes likes) {
        return likes.registry();
    }
}
