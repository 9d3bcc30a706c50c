package maple.like.bench.yardstick;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The yardstick {@code transaction}. */
@Configuration(proxyBeanMethods = false)
@Profile("transaction")
class TransactionWiring {
    @Bean
    TransactionLikes likes(JdbcTemplate database, PlatformTransactionManager transactions) {
        return new TransactionLikes(new Characters(database), database, new TransactionTemplate(transactions));
    }
}
