package io.culvert.mqtt.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A tree beside a map of all subscriptions, with the same operations on both. */
final class TopicTreeModel {
  /** A subscription; the number tells replaced ones apart. */
  record Sub(int owner, int number) {}

  private record Key(TopicFilter filter, int owner) {}

  private final TopicTree<Sub> tree;
  private final Map<Key, Sub> model = new LinkedHashMap<>();
  private final FanOut<Sub> found = new FanOut<>();
  private int number;

  TopicTreeModel(long seed) {
    tree = new TopicTree<>(Sub::owner, seed, 4);
  }

  TopicTree<Sub> tree() {
    return tree;
  }

  void step(Choice choice) {
    switch (choice.below(3)) {
      case 0 -> put(choice);
      case 1 -> remove(choice);
      default -> {
        TopicName name = TopicName.of(Choice.topic(choice));
        match(name);
        match(name); // remembered from now on
        match(name);
      }
    }
    assertThat(tree.size()).isEqualTo(model.size());
  }

  void removeAll() {
    model.forEach(
        (key, sub) -> assertThat(tree.remove(key.filter, new Sub(key.owner, -1))).isEqualTo(sub));
    model.clear();
    assertThat(tree.size()).isZero();
  }

  private void put(Choice choice) {
    Key key = key(choice);
    Sub sub = new Sub(key.owner, number++);
    assertThat(tree.put(key.filter, sub)).isEqualTo(model.put(key, sub));
  }

  private void remove(Choice choice) {
    Key key = key(choice);
    if (choice.below(2) == 0 && !model.isEmpty()) {
      key = new ArrayList<>(model.keySet()).get(choice.below(model.size()));
    }
    assertThat(tree.remove(key.filter, new Sub(key.owner, -1))).isEqualTo(model.remove(key));
  }

  private void match(TopicName name) {
    List<Sub> plain = new ArrayList<>();
    Map<String, List<Sub>> groups = new LinkedHashMap<>();
    model.forEach(
        (key, sub) -> {
          if (!naiveMatch(key.filter, name)) {
            return;
          }
          if (key.filter.isShared()) {
            groups.computeIfAbsent(key.filter.text(), f -> new ArrayList<>()).add(sub);
          } else {
            plain.add(sub);
          }
        });
    found.clear();
    tree.match(name, found);
    List<Sub> ours = new ArrayList<>();
    for (int i = 0; i < found.size(); i++) {
      ours.add(found.get(i));
    }
    List<List<Sub>> ourGroups = new ArrayList<>();
    for (int i = 0; i < found.groupCount(); i++) {
      ourGroups.add(found.group(i).subscriptions());
    }
    assertThat(ours).containsExactlyInAnyOrderElementsOf(plain);
    assertThat(ourGroups)
        .usingElementComparator((one, other) -> Set.copyOf(one).equals(Set.copyOf(other)) ? 0 : 1)
        .containsExactlyInAnyOrderElementsOf(groups.values());
  }

  private static Key key(Choice choice) {
    return new Key(TopicFilter.parse(Choice.filter(choice)), choice.below(choice.below(30) + 1));
  }

  /** The rules of section 4.7 on split texts, as slow as they are plain. */
  static boolean naiveMatch(TopicFilter filter, TopicName name) {
    String[] f = filter.levels().toUtf8().split("/", -1);
    String[] t = name.toString().split("/", -1);
    if (t[0].startsWith("$") && (f[0].equals("+") || f[0].equals("#"))) {
      return false;
    }
    for (int i = 0; i < f.length; i++) {
      if (f[i].equals("#")) {
        return true;
      }
      if (i >= t.length || !(f[i].equals("+") || f[i].equals(t[i]))) {
        return false;
      }
    }
    return f.length == t.length;
  }
}
