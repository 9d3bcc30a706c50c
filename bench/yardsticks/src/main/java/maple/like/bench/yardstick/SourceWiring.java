package maple.like.bench.yardstick;

import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.SharedCacheMode;
import jakarta.persistence.ValidationMode;
import java.time.InstantSource;
import javax.sql.DataSource;
import maple.like.application.port.out.LikeToggle;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.orm.jpa.vendor.HibernateJpaDialect;
import org.springframework.transaction.support.TransactionTemplate;

/** The yardstick {@code source}. Redisson has default settings. */
@Configuration(proxyBeanMethods = false)
@Profile("source")
@Import(UseCases.class)
class SourceWiring {
    @Bean(destroyMethod = "shutdown")
    RedissonClient redisson(@Value("${like.redis.uri}") String uri) {
        Config config = new Config();
        config.useSingleServer().setAddress(uri);
        return Redisson.create(config);
    }

    @Bean(destroyMethod = "close")
    @DependsOnDatabaseInitialization
    EntityManagerFactory entityManagerFactory(DataSource database) {
        return new HibernatePersistenceConfiguration("source")
                .managedClass(StoredCharacter.class)
                .sharedCacheMode(SharedCacheMode.NONE)
                .validationMode(ValidationMode.NONE)
                .property(JdbcSettings.JAKARTA_NON_JTA_DATASOURCE, database)
                .createEntityManagerFactory();
    }

    @Bean
    JpaTransactionManager transactionManager(EntityManagerFactory entities) {
        JpaTransactionManager transactions = new JpaTransactionManager(entities);
        transactions.setJpaDialect(new HibernateJpaDialect());
        return transactions;
    }

    @Bean
    LikeToggle likes(
            RedissonClient redis,
            EntityManagerFactory entities,
            JpaTransactionManager transactions,
            @Value("${app.instance-id}") String instanceId) {
        TransactionTemplate readOnly = new TransactionTemplate(transactions);
        readOnly.setReadOnly(true);
        return new SourceLikes(
                redis,
                new StoredCounts(SharedEntityManagerCreator.createSharedEntityManager(entities), readOnly),
                instanceId,
                InstantSource.system());
    }
}
