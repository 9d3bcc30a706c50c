# docker build -t like-service .
#
#   --build-arg JAR=packaged         uses the jar of ./mvnw package instead of building it here
#   --build-arg BASE_IMAGE=…         another Java, 17 or newer, with bash
#   --build-arg BUILD_IMAGE=…        another JDK to build with
ARG BUILD_IMAGE=eclipse-temurin:25-jdk
ARG BASE_IMAGE=eclipse-temurin:25-jre
ARG JAR=built

FROM ${BUILD_IMAGE} AS built
WORKDIR /build
COPY . .
ENV MAVEN_USER_HOME=/maven
RUN --mount=type=cache,target=/maven ./mvnw -B -q -Dmaven.repo.local=/maven/repository -DskipTests package && cp like-bootstrap/target/like-bootstrap-*.jar /like-service.jar

FROM ${BASE_IMAGE} AS packaged
COPY like-bootstrap/target/like-bootstrap-*.jar /like-service.jar

FROM ${JAR} AS jar

FROM ${BASE_IMAGE} AS layers
COPY --from=jar /like-service.jar /like-service.jar
RUN java -Djarmode=tools -jar /like-service.jar extract --layers --destination /layers

FROM ${BASE_IMAGE}
WORKDIR /opt/like-service
# The layers that change least come first.
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
COPY deploy/start deploy/healthy ./
# Here, because the class cache fits one JVM and the files of one directory.
RUN --mount=type=bind,source=deploy/prepare,target=/prepare /prepare .

# An unprivileged user that owns none of these files.
USER 10001:10001
ENV JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=70 -XX:+ExitOnOutOfMemoryError"
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s --retries=3 CMD ["/opt/like-service/healthy"]
ENTRYPOINT ["/opt/like-service/start"]
