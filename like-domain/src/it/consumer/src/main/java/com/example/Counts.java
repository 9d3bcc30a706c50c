package com.example;

import java.util.List;
import maple.like.domain.LikeCount;
import maple.like.domain.Ocid;

/** Written once in Java and once in Kotlin. */
public interface Counts {
    List<String> channels();

    void receive(String message);

    LikeCount count(Ocid ocid);
}
