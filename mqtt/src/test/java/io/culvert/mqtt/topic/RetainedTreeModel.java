package io.culvert.mqtt.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A tree of retained messages beside a map, with cursors that stay open while it changes. */
final class RetainedTreeModel {
  /** A message; the number tells replaced ones apart. */
  record Message(String topic, int number) {}

  private final RetainedTree<Message> tree;
  private final Map<String, Message> model = new HashMap<>();
  private final List<OpenCursor> cursors = new ArrayList<>();
  private int number;

  RetainedTreeModel(long seed) {
    tree = new RetainedTree<>(seed);
  }

  RetainedTree<Message> tree() {
    return tree;
  }

  void step(Choice choice) {
    String topic = Choice.topic(choice);
    switch (choice.below(5)) {
      case 0, 1 -> {
        Message message = new Message(topic, number++);
        assertThat(tree.put(TopicName.of(topic), message)).isEqualTo(model.put(topic, message));
        cursors.forEach(cursor -> cursor.changed.add(topic));
      }
      case 2 -> {
        assertThat(tree.remove(TopicName.of(topic))).isEqualTo(model.remove(topic));
        cursors.forEach(cursor -> cursor.changed.add(topic));
      }
      case 3 -> cursors.add(new OpenCursor(TopicFilter.parse(Choice.filter(choice))));
      default -> assertThat(tree.get(TopicName.of(topic))).isEqualTo(model.get(topic));
    }
    if (!cursors.isEmpty()) {
      OpenCursor cursor = cursors.get(choice.below(cursors.size()));
      if (cursor.advance(1 + choice.below(4))) {
        cursors.remove(cursor);
      }
    }
    assertThat(tree.size()).isEqualTo(model.size());
  }

  void removeAll() {
    cursors.forEach(cursor -> assertThat(cursor.advance(Integer.MAX_VALUE)).isTrue());
    model.forEach((t, m) -> assertThat(tree.remove(TopicName.of(t))).isEqualTo(m));
    model.clear();
  }

  /** A cursor with what stood in the tree when it was opened and what has changed since. */
  private final class OpenCursor {
    private final TopicFilter filter;
    private final RetainedTree.Cursor<Message> cursor;
    private final Map<String, Message> before = new HashMap<>(model);
    private final Set<String> changed = new HashSet<>();
    private final List<String> found = new ArrayList<>();

    private OpenCursor(TopicFilter filter) {
      this.filter = filter;
      this.cursor = tree.match(filter);
    }

    /** Whether it has come to its end, where it must have found all that has not changed. */
    private boolean advance(int steps) {
      Message message = cursor.next(steps);
      while (message != null && steps == Integer.MAX_VALUE) {
        found(message);
        message = cursor.next(steps);
      }
      if (message != null) {
        found(message);
      }
      if (!cursor.isDone()) {
        return false;
      }
      List<String> expected = new ArrayList<>();
      before.forEach(
          (topic, m) -> {
            if (!changed.contains(topic) && matches(topic)) {
              expected.add(topic);
            }
          });
      found.removeAll(changed);
      assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
      return true;
    }

    private void found(Message message) {
      assertThat(matches(message.topic)).isTrue();
      found.add(message.topic);
    }

    private boolean matches(String topic) {
      return TopicTreeModel.naiveMatch(filter, TopicName.of(topic));
    }
  }
}
