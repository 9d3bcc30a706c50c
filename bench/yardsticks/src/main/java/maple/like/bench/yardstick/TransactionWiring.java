package maple.like.bench.yardstick;

import maple.like.application.port.out.LikeToggle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The yardstick {@code transaction}. */
@Configuration(proxyBeanMethods = false)
@Profile("transaction")
@Import(UseCases.class)
class TransactionWiring {
    @Bean
    LikeToggle likes(JdbcTemplate database, PlatformTransactionManager transactions) {
        return new TransactionLikes(database, new TransactionTemplate(transactions));
    }
}
