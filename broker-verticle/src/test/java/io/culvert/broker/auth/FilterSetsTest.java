package io.culvert.broker.auth;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.TopicName;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Filters as sets, against the topics that they match one by one. */
class FilterSetsTest {
  private static final List<String> LEVELS = List.of("a", "b", "", "$x");
  private static final int DEPTH = 3;

  /** All topics of up to one level more than the filters have, so that "#" shows. */
  private final List<String> topics = topics(DEPTH + 1);

  @Test
  void setsAreWhatTheTopicsSay() {
    List<String> filters = filters();
    for (String one : filters) {
      for (String other : filters) {
        List<String> ofOne = matched(one);
        List<String> ofOther = matched(other);
        List<String> both = new ArrayList<>(ofOne);
        both.retainAll(ofOther);
        assertThat(FilterSets.overlap(one.split("/", -1), other.split("/", -1)))
            .as("%s overlaps %s", one, other)
            .isEqualTo(!both.isEmpty());
        if (FilterSets.contains(one.split("/", -1), other.split("/", -1))) {
          assertThat(ofOne).as("%s contains %s", one, other).containsAll(ofOther);
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "#, a/#, true",
    "a/#, a/b/#, true",
    "a/#, a, true",
    "a/b/#, a/#, false",
    "+/+, a/b, true",
    "+/+, a/#, false",
    "#, $x, false",
    "+/a, $x/a, false",
    "$x/#, $x/a, true",
    "a/+, a/+, true",
    "a, a/#, false"
  })
  void containingIsFoundWhereListsUseIt(String outer, String inner, boolean is) {
    assertThat(FilterSets.contains(outer.split("/", -1), inner.split("/", -1))).isEqualTo(is);
  }

  private List<String> matched(String filter) {
    TopicFilter parsed = TopicFilter.parse(filter);
    return topics.stream().filter(topic -> parsed.matches(TopicName.of(topic))).toList();
  }

  private static List<String> topics(int depth) {
    List<String> all = new ArrayList<>();
    List<String> last = List.of("");
    for (int level = 0; level < depth; level++) {
      List<String> next = new ArrayList<>();
      for (String start : last) {
        for (String word : LEVELS) {
          String topic = level == 0 ? word : start + "/" + word;
          next.add(topic);
        }
      }
      next.stream().filter(topic -> !topic.isEmpty()).forEach(all::add);
      last = next;
    }
    return all;
  }

  private static List<String> filters() {
    List<String> all = new ArrayList<>();
    List<String> last = List.of("");
    for (int level = 0; level < DEPTH; level++) {
      List<String> next = new ArrayList<>();
      for (String start : last) {
        String before = level == 0 ? "" : start + "/";
        all.add(before + "#");
        for (String word : List.of("a", "", "+", "$x")) {
          next.add(before + word);
        }
      }
      next.stream().filter(filter -> !filter.isEmpty()).forEach(all::add);
      last = next;
    }
    all.remove("/#"); // would have the empty topic, which there is not, in common with "+"
    return all;
  }
}
