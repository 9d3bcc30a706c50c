package maple.like.bootstrap;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import maple.like.adapter.jpa.JpaLikes;
import maple.like.adapter.jpa.LikePersistence;
import maple.like.application.LikePartitions;
import maple.like.application.port.out.CharacterDirectory;
import maple.like.application.port.out.CharacterRegistry;
import maple.like.application.port.out.LikeCountStore;
import maple.like.application.port.out.LikeLedger;
import org.hibernate.SessionFactory;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.support.JdbcUtils;
import org.springframework.jdbc.support.MetaDataAccessException;

/** The database and what it serves. */
@Configuration(proxyBeanMethods = false)
class DatabaseWiring {
    /** How long an answer of the database is waited for: longer than any statement of ours takes, and not for ever. */
    private static final Duration ANSWER = Duration.ofSeconds(20);

    /** Comes after the properties of the user were bound, which prevail, and before the first connection. */
    @Bean
    static BeanPostProcessor databaseTimeouts() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessBeforeInitialization(Object bean, String beanName) {
                if (bean instanceof HikariDataSource pool) {
                    limitAnswers(pool);
                }
                return bean;
            }
        };
    }

    /** The drivers share the name of the property and differ in its unit; H2 runs in this process. */
    static void limitAnswers(HikariDataSource pool) {
        String url = String.valueOf(pool.getJdbcUrl());
        String property = "socketTimeout";
        if (url.contains(property) || pool.getDataSourceProperties().containsKey(property)) {
            return;
        }
        if (url.startsWith("jdbc:postgresql:")) {
            pool.addDataSourceProperty(property, String.valueOf(ANSWER.toSeconds()));
        } else if (url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:")) {
            pool.addDataSourceProperty(property, String.valueOf(ANSWER.toMillis()));
        }
    }

    @Bean
    LikePartitions likePartitions(LikeProperties properties) {
        return new LikePartitions(properties.redis().partitions());
    }

    @Bean
    FlywayConfigurationCustomizer likeMigrations(DataSource database) {
        return flyway -> flyway.locations(LikePersistence.migrations(productName(database)));
    }

    private static String productName(DataSource database) {
        try {
            return JdbcUtils.extractDatabaseMetaData(database, metaData -> metaData.getDatabaseProductName());
        } catch (MetaDataAccessException e) {
            throw new ConfigurationException(
                    "The database cannot be reached where spring.datasource.url says it is: "
                            + NestedExceptionUtils.getMostSpecificCause(e).getMessage(),
                    "Start the database, or set spring.datasource.url, spring.datasource.username and"
                            + " spring.datasource.password to what it takes.");
        }
    }

    @Bean(destroyMethod = "close")
    @DependsOnDatabaseInitialization
    SessionFactory sessionFactory(DataSource database) {
        return LikePersistence.sessionFactory(database);
    }

    @Bean
    JpaLikes jpaLikes(SessionFactory sessions, LikePartitions partitions, Clock clock) {
        JpaLikes likes = new JpaLikes(sessions, partitions, clock);
        int stored = likes.storedPartitions();
        if (stored != 0 && stored != partitions.count()) {
            throw new ConfigurationException(
                    "like.redis.partitions is " + partitions.count() + ", but the database is divided into " + stored
                            + ".",
                    "Set like.redis.partitions to " + stored + ", the same for every instance; the README says how to"
                            + " change the number.");
        }
        likes.ensurePartitions();
        return likes;
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
