module com.example.consumer {
    requires kotlin.stdlib;
    requires maple.like.domain;
    requires tools.jackson.databind;
}
