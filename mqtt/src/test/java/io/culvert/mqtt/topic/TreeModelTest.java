package io.culvert.mqtt.topic;

import static io.culvert.mqtt.wire.Statement.MQTT3_3_3_2_3;
import static io.culvert.mqtt.wire.Statement.MQTT5_3_3_2_3;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.mqtt.Normative;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random operations on the trees against naive models. */
class TreeModelTest {
  @Property(tries = 200)
  @Normative({MQTT5_3_3_2_3, MQTT3_3_3_2_3})
  void subscriptionsAreThoseOfTheModel(@ForAll long seed) {
    Random random = new Random(seed);
    TopicTreeModel model = new TopicTreeModel(seed);
    for (int i = 0; i < 300; i++) {
      model.step(random::nextInt);
    }
    model.removeAll();
    assertThat(model.tree().isBare()).isTrue();
  }

  @Property(tries = 200)
  void retainedMessagesAreThoseOfTheModel(@ForAll long seed) {
    Random random = new Random(seed);
    RetainedTreeModel model = new RetainedTreeModel(seed);
    for (int i = 0; i < 300; i++) {
      model.step(random::nextInt);
    }
    model.removeAll();
    assertThat(model.tree().isBare()).isTrue();
  }
}
