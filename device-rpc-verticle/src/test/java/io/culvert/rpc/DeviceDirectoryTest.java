package io.culvert.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.rpc.protocol.Presence;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which devices are known, and what of them. */
class DeviceDirectoryTest {
  private static final int ROOM = 3;

  private final DeviceDirectory directory = new DeviceDirectory(ROOM);

  @Test
  void whoHasSaidItIsThereIsKnownWithoutBeingAsked() {
    directory.said(new Presence("a", true, 5L), 10);
    JsonObject device = only();
    assertThat(device.getString("tag")).isEqualTo("a");
    assertThat(device.getBoolean("online")).isTrue();
    assertThat(device.getLong("seenMillis")).isEqualTo(5);
    assertThat(device.getLong("answers")).isZero();
  }

  @Test
  void theLastWordCounts() {
    directory.said(new Presence("a", true, 5L), 10);
    directory.said(new Presence("a", false, 5L), 20);
    assertThat(only().getBoolean("online")).isFalse();
    directory.said(new Presence("a", true, 25L), 30);
    assertThat(only().getBoolean("online")).isTrue();
  }

  @Test
  void whoAnswersAlthoughItIsSaidToBeGoneSaysNothing() {
    directory.said(new Presence("a", false, 5L), 10);
    directory.answered("a", 20);
    assertThat(only().containsKey("online")).isFalse();
    directory.said(new Presence("a", true, 25L), 30);
    directory.answered("a", 40);
    assertThat(only().getBoolean("online")).isTrue();
  }

  @Test
  void aDeviceIsSeenWhenItSpokeAndNeverLaterThanNow() {
    directory.answered("a", 100);
    directory.said(new Presence("a", false, 50L), 200); // its will, made when it connected
    assertThat(only().getLong("seenMillis")).isEqualTo(100);
    directory.said(new Presence("a", true, 1_000_000L), 300); // its clock is wrong
    assertThat(only().getLong("seenMillis")).isEqualTo(300);
    directory.said(new Presence("a", true, null), 400);
    assertThat(only().getLong("seenMillis")).isEqualTo(400);
  }

  @Test
  void theOneNotHeardOfForLongestGoesAndWhoIsGoneTakesNoPlace() {
    directory.answered("a", 1);
    directory.said(new Presence("b", true, 2L), 2);
    directory.said(new Presence("c", true, 3L), 3);
    directory.said(new Presence("gone", false, 4L), 4);
    assertThat(tags()).containsExactly("c", "b", "a");
    directory.said(new Presence("d", true, 5L), 5);
    assertThat(tags()).containsExactly("d", "c", "b");
    directory.said(new Presence("b", false, 6L), 6);
    assertThat(tags()).containsExactly("b", "d", "c");
  }

  @Test
  void whatTheBrokerKeepsNoMoreIsNotKnownAnyMore() {
    directory.said(new Presence("a", true, 1L), 1);
    directory.said(new Presence("b", true, 1L), 1);
    directory.answered("b", 2);
    directory.hasSaidNothing("a");
    directory.hasSaidNothing("b");
    directory.hasSaidNothing("c");
    assertThat(only().getString("tag")).isEqualTo("b");
    assertThat(only().containsKey("online")).isFalse();
  }

  @Test
  void withoutRoomThereIsNone() {
    DeviceDirectory none = new DeviceDirectory(0);
    none.answered("a", 1);
    none.said(new Presence("b", true, 1L), 1);
    none.said(new Presence("c", false, 1L), 1);
    assertThat(none.list(10)).isEmpty();
  }

  private JsonObject only() {
    List<JsonObject> all = directory.list(10);
    assertThat(all).hasSize(1);
    return all.get(0);
  }

  private List<String> tags() {
    return directory.list(10).stream().map(device -> device.getString("tag")).toList();
  }
}
