package io.culvert.mqtt.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.engine.Bytes;
import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.Message;
import io.culvert.mqtt.wire.Properties;
import io.culvert.mqtt.wire.QoS;
import io.culvert.mqtt.wire.TopicName;
import org.junit.jupiter.api.Test;

class ByteBudgetTest {
  private static final long LIMIT = 1_000_000;

  private final Quota total = Quota.local();
  private final ByteBudget one = new ByteBudget(total, LIMIT);
  private final ByteBudget other = new ByteBudget(total, LIMIT);

  @Test
  void theMarksAreFourFifthsNineTenths97PercentAndAll() {
    one.held().add(799_999);
    assertThat(one.isHigh()).isFalse();
    one.held().add(1);
    assertThat(one.isHigh()).isTrue();
    assertThat(one.isScarce()).isFalse();
    one.held().add(100_000);
    assertThat(one.isScarce()).isTrue();
    assertThat(one.isCritical()).isFalse();
    one.held().add(70_000);
    assertThat(one.isCritical()).isTrue();
    assertThat(one.isFull()).isFalse();
    one.held().add(30_000);
    assertThat(one.isFull()).isTrue();
    one.held().add(-200_001);
    assertThat(one.isHigh()).isFalse();
  }

  @Test
  void whereMemoryIsScarceNobodyTakesMuchOfWhatIsLeft() {
    one.held().add(899_999);
    assertThat(one.grants(1_000_000)).isTrue();
    one.held().add(1);
    assertThat(one.grants(100_000 / 64)).isTrue();
    assertThat(one.grants(100_000 / 64 + 1)).isFalse();
    int takers = 0;
    while (one.grants(100)) {
      one.held().add((LIMIT - one.held().bytes()) / 64);
      takers++;
    }
    assertThat(takers).isGreaterThan(150);
    one.held().add(LIMIT);
    assertThat(one.grants(0)).isFalse();
  }

  @Test
  void whatOthersHoldCountsOnceTheyHaveToldIt() {
    one.held().add(500_000);
    other.held().add(500_000);
    assertThat(one.isHigh()).isFalse();
    other.refresh();
    one.refresh();
    assertThat(one.isFull()).isTrue();
    assertThat(other.isFull()).isFalse(); // it has not looked since
    other.refresh();
    assertThat(other.isFull()).isTrue();

    one.held().add(-500_000);
    one.refresh();
    other.refresh();
    assertThat(other.isHigh()).isFalse();
    assertThat(total.held()).isEqualTo(500_000);
  }

  @Test
  void whoTellsWhatHasChangedSeesWhatOthersHave() {
    other.held().add(700_000);
    other.refreshIfDue();
    assertThat(total.held()).isEqualTo(700_000);
    one.held().add(LIMIT / 1000);
    one.refreshIfDue();
    one.held().add(100_000 - LIMIT / 1000);
    assertThat(one.isHigh()).isFalse(); // it has not looked: it had nothing to tell
    one.refreshIfDue();
    assertThat(one.isHigh()).isTrue();
  }

  @Test
  void littleIsNotTold() {
    one.held().add(LIMIT / 1000);
    one.refresh();
    assertThat(total.held()).isZero();
    one.held().add(1);
    one.refresh();
    assertThat(total.held()).isEqualTo(LIMIT / 1000 + 1);
  }

  @Test
  void aDeliveryThatManyKeepCountsOnce() {
    Message message =
        Message.of(
            TopicName.of("t"),
            Bytes.utf8("x".repeat(2000)),
            QoS.AT_LEAST_ONCE,
            false,
            Properties.EMPTY,
            0);
    Delivery delivery = Delivery.of(message, QoS.AT_LEAST_ONCE, false);
    one.held().keep(delivery);
    long first = one.held().bytes();
    assertThat(first).isBetween(4000L, 5000L); // as a message and as a frame
    for (int i = 1; i < 1000; i++) {
      one.held().keep(delivery);
    }
    assertThat(one.held().bytes() - first).isLessThan(20_000);
    for (int i = 0; i < 1000; i++) {
      one.held().letGo(delivery);
    }
    assertThat(one.held().bytes()).isZero();
  }
}
