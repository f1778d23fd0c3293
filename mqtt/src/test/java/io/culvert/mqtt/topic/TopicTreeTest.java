package io.culvert.mqtt.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.culvert.engine.Bytes;
import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.Scenario;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TopicTreeTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** A subscription of somebody. */
  record Sub(String owner, String note) {}

  private final TopicTree<Sub> tree = new TopicTree<>(Sub::owner, 42);
  private final FanOut<Sub> found = new FanOut<>();

  @Test
  @Scenario({28, 29, 31, 32, 33})
  void matchesAsTheVectorsSay() {
    Set<String> filters = new LinkedHashSet<>();
    Set<String> topics = new LinkedHashSet<>();
    for (MqttVectors.Match row : MqttVectors.topicMatches()) {
      filters.add(row.filter());
      topics.add(row.topic());
    }
    for (String filter : filters) {
      put(filter, filter);
    }
    for (String topic : topics) {
      List<String> expected =
          MqttVectors.topicMatches().stream()
              .filter(row -> row.topic().equals(topic) && row.matches())
              .map(MqttVectors.Match::filter)
              .toList();
      assertThat(match(topic)).as(topic).containsExactlyInAnyOrderElementsOf(expected);
    }
    for (String filter : filters) {
      assertThat(remove(filter, filter)).isNotNull();
    }
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void matchesOneByOneAsTheVectorsSay() {
    for (MqttVectors.Match row : MqttVectors.topicMatches()) {
      put(row.filter(), "x");
      assertThat(match(row.topic()).isEmpty())
          .as("%s on %s", row.filter(), row.topic())
          .isNotEqualTo(row.matches());
      remove(row.filter(), "x");
    }
  }

  @Test
  @Normative({Statement.MQTT5_3_8_4_3, Statement.MQTT3_3_8_4_3})
  void sameOwnerAndFilterReplaces() {
    assertThat(put("a/+", "o", "1")).isNull();
    assertThat(put("a/+", "o", "2")).isEqualTo(new Sub("o", "1"));
    assertThat(put("a/+", "p", "3")).isNull();
    assertThat(tree.size()).isEqualTo(2);
    tree.match(TopicName.of("a/b"), found);
    assertThat(List.of(found.get(0), found.get(1)))
        .containsExactlyInAnyOrder(new Sub("o", "2"), new Sub("p", "3"));
  }

  @Test
  @Normative({Statement.MQTT5_3_10_4_1, Statement.MQTT3_3_10_4_1})
  void removeTakesTheSameFilterOnly() {
    put("a/+", "o");
    assertThat(remove("a/b", "o")).isNull();
    assertThat(remove("a/#", "o")).isNull();
    assertThat(remove("$share/g/a/+", "o")).isNull();
    assertThat(remove("a/+", "other")).isNull();
    assertThat(tree.size()).isEqualTo(1);
    assertThat(remove("a/+", "o")).isEqualTo(new Sub("o", "a/+"));
    assertThat(tree.size()).isZero();
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void emptyNodesArePrunedAndOthersStay() {
    put("a/b/c", "1");
    put("a", "2");
    put("a/b/+/d/#", "3");
    remove("a/b/c", "1");
    assertThat(match("a")).containsExactly("2");
    remove("a", "2");
    assertThat(match("a/b/x/d")).containsExactly("3");
    assertThat(tree.isBare()).isFalse();
    remove("a/b/+/d/#", "3");
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void sharedGroupsKeepMembersAndTheirTurns() {
    put("$share/g/a/+", "1");
    put("$share/g/a/+", "2");
    put("$share/g/a/+", "3");
    put("$share/h/a/+", "1");
    put("a/+", "1");
    assertThat(tree.size()).isEqualTo(5);
    tree.match(TopicName.of("a/b"), found);
    assertThat(found.size()).isEqualTo(1);
    assertThat(found.groupCount()).isEqualTo(2);
    SharedGroup<Sub> group = tree.group(TopicFilter.parse("$share/g/a/+"));
    assertThat(group).isNotNull().isIn(found.group(0), found.group(1));
    assertThat(group.subscriptions()).extracting(Sub::owner).containsExactly("1", "2", "3");
    group.get(0).moveTo(Readiness.READY);
    assertThat(group.first(Readiness.READY)).isSameAs(group.get(1));
    remove("$share/g/a/+", "1");
    assertThat(group.first(Readiness.READY).subscription().owner()).isEqualTo("2");
    put("$share/g/a/+", "2", "again");
    assertThat(group.subscriptions())
        .containsExactlyInAnyOrder(new Sub("2", "again"), new Sub("3", "$share/g/a/+"));
    remove("$share/g/a/+", "2");
    remove("$share/g/a/+", "3");
    found.clear();
    tree.match(TopicName.of("a/b"), found);
    assertThat(found.groupCount()).isEqualTo(1);
    remove("$share/h/a/+", "1");
    remove("a/+", "1");
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void sameShareNameWithOtherFiltersIsAnotherGroup() {
    put("$share/g/a/+", "1");
    put("$share/g/a/#", "1");
    tree.match(TopicName.of("a/b"), found);
    assertThat(found.groupCount()).isEqualTo(2);
    assertThat(found.size()).isZero();
  }

  @Test
  void manyOwnersOfOneFilterComeAndGo() {
    for (int i = 0; i < 1000; i++) {
      put("all", "o" + i);
    }
    put("all", "o500", "new");
    assertThat(match("all")).hasSize(1000);
    for (int i = 0; i < 1000; i += 2) {
      assertThat(remove("all", "o" + i).owner()).isEqualTo("o" + i);
    }
    assertThat(match("all")).hasSize(500).contains("o1", "o999").doesNotContain("o0", "o500");
    for (int i = 1; i < 1000; i += 2) {
      assertThat(remove("all", "o" + i)).isNotNull();
    }
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void fanOutForgetsWhatItHeld() {
    put("a", "1");
    put("$share/g/a", "1");
    tree.match(TopicName.of("a"), found);
    tree.match(TopicName.of("a"), found);
    assertThat(found.size()).isEqualTo(2);
    assertThat(found.groupCount()).isEqualTo(2);
    found.clear();
    assertThat(found.size()).isZero();
    assertThat(found.groupCount()).isZero();
    assertThatThrownBy(() -> found.get(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> found.group(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void deepTopicsAndFiltersDoNotOverflowTheStack() {
    String deep = "/".repeat(65_535);
    put("#", "hash");
    put(deep, "deep");
    put("+/".repeat(32_767) + "+", "plus");
    assertThat(match(deep)).containsExactlyInAnyOrder("hash", "deep");
    assertThat(match("/".repeat(32_767))).containsExactlyInAnyOrder("hash", "plus");
    remove(deep, "deep");
    remove("+/".repeat(32_767) + "+", "plus");
    remove("#", "hash");
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void deepTopicsCostNoMoreThanTheirLength() {
    // Each level has two ways on, so that walking all combinations would take for ever.
    StringBuilder path = new StringBuilder("a");
    for (int depth = 0; depth < 64; depth++) {
      put(path + "/#", "o" + depth);
      put(path.toString().replaceFirst("a$", "+") + "/x", "p" + depth);
      path.append("/a");
    }
    assertThat(match("a" + "/a".repeat(32_000))).hasSize(64);
  }

  @Test
  @Scenario(38)
  void matchMakesNoGarbageAndItsWorkDoesNotDependOnTheNumberOfFilters() {
    for (int i = 0; i < 10_000; i++) {
      put("devices/d" + i + "/status", "o" + i);
    }
    put("devices/+/status", "all");
    put("#", "hash");
    put("$share/g/devices/#", "shared");
    TopicName name = TopicName.of("devices/d5000/status");
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 5; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 1000; i++) {
        found.clear();
        tree.match(name, found);
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(found.size()).isEqualTo(3);
    assertThat(found.groupCount()).isEqualTo(1);
    assertThat(least).isZero();
    // The trie looks at the nodes on the way only: a topic that leaves it is not read further.
    found.clear();
    tree.match(TopicName.of("devices/unknown/status"), found);
    assertThat(found.size()).isEqualTo(2);
  }

  @Test
  void aTopicMayBeBorrowedFromTheMiddleOfABuffer() {
    put("a/b", "1");
    byte[] buffer = "xxa/bxx".getBytes(StandardCharsets.UTF_8);
    tree.match(TopicName.parse(Bytes.wrap(buffer, 2, 3)), found);
    assertThat(found.size()).isEqualTo(1);
  }

  private Sub put(String filter, String owner) {
    return put(filter, owner, filter);
  }

  private Sub put(String filter, String owner, String note) {
    return tree.put(TopicFilter.parse(filter), new Sub(owner, note));
  }

  private Sub remove(String filter, String owner) {
    return tree.remove(TopicFilter.parse(filter), new Sub(owner, ""));
  }

  private List<String> match(String topic) {
    found.clear();
    tree.match(TopicName.of(topic), found);
    List<String> owners = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      owners.add(found.get(i).owner());
    }
    for (int i = 0; i < found.groupCount(); i++) {
      found.group(i).subscriptions().forEach(sub -> owners.add(sub.owner()));
    }
    return owners;
  }
}
