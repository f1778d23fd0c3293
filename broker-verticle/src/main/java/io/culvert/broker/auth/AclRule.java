package io.culvert.broker.auth;

import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.Arrays;

/** One topic filter of an access control list, and what it is for. */
final class AclRule {
  /** What a rule says of its topics. */
  enum Access {
    READ("read"),
    WRITE("write"),
    READ_WRITE("readwrite"),
    DENY("deny");

    private final String word;

    Access(String word) {
      this.word = word;
    }

    static Access of(String word) {
      return Arrays.stream(values())
          .filter(access -> access.word.equals(word))
          .findFirst()
          .orElseThrow(
              () -> new IllegalArgumentException(word + " is not read, write, readwrite or deny"));
    }

    boolean mayRead() {
      return this == READ || this == READ_WRITE;
    }

    boolean mayWrite() {
      return this == WRITE || this == READ_WRITE;
    }
  }

  private final Access access;
  private final TopicFilter filter;
  private final String[] levels;

  AclRule(Access access, TopicFilter filter) {
    this.access = access;
    this.filter = filter;
    this.levels = filter.text().split("/", -1);
  }

  Access access() {
    return access;
  }

  boolean matches(TopicName topic) {
    return filter.matches(topic);
  }

  boolean overlaps(String[] other) {
    return FilterSets.overlap(levels, other);
  }

  boolean contains(String[] other) {
    return FilterSets.contains(levels, other);
  }
}
