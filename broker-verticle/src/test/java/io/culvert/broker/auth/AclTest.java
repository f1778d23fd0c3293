package io.culvert.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.mqtt.server.Permissions;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.ReasonCode;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an access control list says. */
class AclTest {
  private static final String LIST =
      """
      topic read public/#
      topic write inbox
      user ann
      topic home/#
      topic deny home/secret/#
      topic read news with spaces/+
      user bob
      topic read home/kitchen
      user ann
      topic write later
      pattern read users/%u/#
      pattern write clients/%c/out
      pattern deny users/%u/private
      """;

  private final Acl acl = acl(LIST);

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          -,   public/a,             r
          -,   inbox,                w
          -,   home/kitchen,         -
          -,   clients/c/out,        w
          ann, public/a,             -
          ann, home/kitchen,         rw
          ann, home,                 rw
          ann, home/secret,          -
          ann, home/secret/a,        -
          ann, news with spaces/a,   r
          ann, later,                w
          ann, users/ann/a,          r
          ann, users/ann/private,    -
          ann, users/bob/a,          -
          ann, clients/c/out,        w
          ann, clients/d/out,        -
          bob, home/kitchen,         r
          bob, home/kitchen/a,       -
          bob, users/bob,            r
          cid, home/kitchen,         -
          cid, users/cid/a,          r
          """)
  void eachTopicIsReadOrWrittenByWhomItSays(String user, String topic, String access) {
    Permissions permissions = acl.of("c", user);
    String wanted = access == null ? "" : access;
    for (int i = 0; i < 2; i++) { // decided, then remembered
      assertThat(mayReceive(permissions, TopicName.of(topic))).isEqualTo(wanted.contains("r"));
      assertThat(mayPublish(permissions, TopicName.of(topic))).isEqualTo(wanted.contains("w"));
    }
  }

  @Test
  void anotherTopicIsDecidedAnew() {
    Permissions ann = acl.of("c", "ann");
    assertThat(mayPublish(ann, TopicName.of("home/a"))).isTrue();
    assertThat(mayPublish(ann, TopicName.of("home/secret"))).isFalse();
    assertThat(mayPublish(ann, TopicName.of("home/a"))).isTrue();
    assertThat(mayReceive(ann, TopicName.of("home/secret"))).isFalse();
    assertThat(mayReceive(ann, TopicName.of("home/a"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "#, true",
    "home/#, true",
    "home/secret/#, false",
    "home/secret/a, false",
    "+/a, true",
    "later, false",
    "other/#, false",
    "$SYS/#, false",
    "users/+/a, true",
    "users/bob/#, false",
    "$share/g/home/a, true",
    "$share/g/home/#, false",
    "$share/g/#, false",
    "$share/g/users/ann/a, true",
    "$share/g/users/ann/+, false",
    "$share/g/users/+/a, false",
  })
  void plainSubscriptionsNeedSomethingToReadAndSharedOnesEverything(String filter, boolean may) {
    assertThat(maySubscribe(acl.of("c", "ann"), TopicFilter.parse(filter))).isEqualTo(may);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+", "#", "a/b", "+/x", "", "$share", "$SYS"})
  void namesThatMeanSomethingInAFilterOpenNothing(String name) {
    Permissions byUser = acl.of("c", name);
    Permissions byClient = acl.of(name, null);
    for (String topic : new String[] {"users/a/x", "users/b", "users/a/b/x"}) {
      assertThat(mayReceive(byUser, TopicName.of(topic))).isFalse();
    }
    for (String topic : new String[] {"clients/a/out", "clients/x/out", "clients/a/b/out"}) {
      assertThat(mayPublish(byClient, TopicName.of(topic))).isFalse();
    }
  }

  @Test
  void nameWithAPlaceholderIsNotFilledInTwice() {
    Permissions permissions = acl("pattern readwrite %c/%u").of("%u", "ann");
    assertThat(mayReceive(permissions, TopicName.of("%u/ann"))).isTrue();
    assertThat(mayReceive(permissions, TopicName.of("ann/ann"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          usr ann                    | does not begin with user, topic or pattern
          user                       | names no user
          topic                      | names no topic
          topic a/#/b                | is no topic filter
          topic dney home/secret/#   | dney is not read, write, readwrite or deny
          pattern dney users/%u/a    | dney is not read, write, readwrite or deny
          topic read a+              | is no topic filter
          topic $share/g/a           | names a shared subscription
          pattern read a/%c+         | is no topic filter
          pattern                    | names no topic
          """)
  void everythingElseIsAMistake(String line, String message) {
    AclBuilder builder = new AclBuilder();
    assertThatThrownBy(() -> builder.line(line))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  private static Acl acl(String lines) {
    AclBuilder builder = new AclBuilder();
    assertThat(builder.isEmpty()).isTrue();
    lines.lines().forEach(builder::line);
    assertThat(builder.isEmpty()).isFalse();
    return builder.build();
  }

  private static boolean mayPublish(Permissions permissions, TopicName topic) {
    return isAllowed(permissions.publish(topic, QoS.AT_LEAST_ONCE, false));
  }

  private static boolean mayReceive(Permissions permissions, TopicName topic) {
    return isAllowed(permissions.receive(topic));
  }

  private static boolean maySubscribe(Permissions permissions, TopicFilter filter) {
    return isAllowed(permissions.subscribe(filter, QoS.AT_LEAST_ONCE));
  }

  private static boolean isAllowed(@Nullable ReasonCode answer) {
    return answer == ReasonCode.SUCCESS;
  }
}
