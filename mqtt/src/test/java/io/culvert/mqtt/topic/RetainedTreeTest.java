package io.culvert.mqtt.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.MqttVectors;
import io.culvert.mqtt.Normative;
import io.culvert.mqtt.wire.Statement;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RetainedTreeTest {
  private final RetainedTree<String> tree = new RetainedTree<>(42);

  @Test
  void findsAsTheVectorsSay() {
    Set<String> filters = new LinkedHashSet<>();
    for (MqttVectors.Match row : MqttVectors.topicMatches()) {
      tree.put(TopicName.of(row.topic()), row.topic());
      filters.add(row.filter());
    }
    for (String filter : filters) {
      List<String> expected =
          MqttVectors.topicMatches().stream()
              .filter(row -> row.filter().equals(filter) && row.matches())
              .map(MqttVectors.Match::topic)
              .toList();
      assertThat(find(filter)).as(filter).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  @Normative({Statement.MQTT5_3_3_1_5, Statement.MQTT5_3_3_1_6, Statement.MQTT3_3_3_1_5})
  void putReplacesAndRemoveForgets() {
    assertThat(tree.put(TopicName.of("a/b"), "1")).isNull();
    assertThat(tree.put(TopicName.of("a/b"), "2")).isEqualTo("1");
    assertThat(tree.put(TopicName.of("a"), "3")).isNull();
    assertThat(tree.size()).isEqualTo(2);
    assertThat(tree.get(TopicName.of("a/b"))).isEqualTo("2");
    assertThat(tree.get(TopicName.of("a/"))).isNull();
    assertThat(tree.remove(TopicName.of("a/"))).isNull();
    assertThat(tree.remove(TopicName.of("a"))).isEqualTo("3");
    assertThat(tree.get(TopicName.of("a/b"))).isEqualTo("2");
    assertThat(tree.remove(TopicName.of("a/b"))).isEqualTo("2");
    assertThat(tree.size()).isZero();
    assertThat(tree.isBare()).isTrue();
  }

  @Test
  void whatStaysIsFoundExactlyOnceWhateverChangesMeanwhile() {
    List<String> staying = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      tree.put(TopicName.of("stay/" + i + "/x"), "stay/" + i + "/x");
      tree.put(TopicName.of("go/" + i + "/x"), "go/" + i + "/x");
      staying.add("stay/" + i + "/x");
    }
    RetainedTree.Cursor<String> cursor = tree.match(TopicFilter.parse("+/+/x"));
    List<String> found = new ArrayList<>();
    for (int round = 0; !cursor.isDone(); round++) {
      String message = cursor.next(7);
      if (message != null) {
        found.add(message);
      }
      if (round < 200) {
        tree.remove(TopicName.of("go/" + round + "/x"));
        tree.put(TopicName.of("stay/new" + round + "/x"), "new");
        tree.put(TopicName.of("stay/" + round + "/x"), "stay/" + round + "/x");
      }
    }
    assertThat(found).filteredOn(m -> m.startsWith("stay")).hasSameElementsAs(staying);
    assertThat(found).filteredOn(m -> m.startsWith("stay")).doesNotHaveDuplicates();
    assertThat(cursor.next()).isNull();
  }

  @Test
  void walksOnlyWhatCanMatch() {
    for (int i = 0; i < 10_000; i++) {
      tree.put(TopicName.of("other/" + i), "x");
    }
    tree.put(TopicName.of("a/1/t"), "found");
    RetainedTree.Cursor<String> cursor = tree.match(TopicFilter.parse("a/+/t"));
    assertThat(cursor.next(10)).isEqualTo("found");
    assertThat(cursor.next(10)).isNull();
    assertThat(cursor.isDone()).isTrue();
    assertThat(tree.match(TopicFilter.parse("a/1/t")).next(0)).isEqualTo("found");
  }

  @Test
  void stopsAfterItsStepsAndGoesOn() {
    for (int i = 0; i < 1000; i++) {
      tree.put(TopicName.of("a/" + i + "/no"), "no");
    }
    tree.put(TopicName.of("a/here/yes"), "yes");
    RetainedTree.Cursor<String> cursor = tree.match(TopicFilter.parse("a/+/yes"));
    int pauses = 0;
    String found = null;
    while (found == null) {
      assertThat(cursor.isDone()).isFalse();
      found = cursor.next(10);
      pauses++;
    }
    assertThat(found).isEqualTo("yes");
    assertThat(pauses).isGreaterThan(1);
  }

  @Test
  void deepTopicsDoNotOverflowTheStack() {
    String deep = "/".repeat(65_535);
    tree.put(TopicName.of(deep), "deep");
    assertThat(find("#")).containsExactly("deep");
    assertThat(find(deep)).containsExactly("deep");
    assertThat(find("/".repeat(65_534) + "#")).containsExactly("deep");
    tree.remove(TopicName.of(deep));
    assertThat(tree.isBare()).isTrue();
  }

  private List<String> find(String filter) {
    List<String> found = new ArrayList<>();
    RetainedTree.Cursor<String> cursor = tree.match(TopicFilter.parse(filter));
    String message;
    while ((message = cursor.next()) != null) {
      found.add(message);
    }
    return found;
  }
}
