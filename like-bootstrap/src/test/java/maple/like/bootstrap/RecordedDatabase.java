package maple.like.bootstrap;

import javax.sql.DataSource;
import maple.like.adapter.jpa.RecordingDataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts a recorder before the database of a service. */
@Configuration(proxyBeanMethods = false)
class RecordedDatabase {
    private RecordingDataSource recording;

    @Bean
    BeanPostProcessor recorder() {
        return new BeanPostProcessor() {
            @Override
            public Object postProcessAfterInitialization(Object bean, String beanName) {
                if (bean instanceof DataSource target && recording == null) {
                    recording = RecordingDataSource.around(target);
                    return recording.dataSource();
                }
                return bean;
            }
        };
    }

    @Bean
    RecordingDataSource recordingDataSource(ObjectProvider<DataSource> database) {
        database.getObject();
        return recording;
    }
}
