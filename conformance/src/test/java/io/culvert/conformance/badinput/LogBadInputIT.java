package io.culvert.conformance.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.OwnBroker;
import io.culvert.conformance.scene.Scene;
import io.culvert.conformance.scene.WithBystander;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What those in bad faith can write to the log: one line for each, few a second, none forged. */
@WithBystander
@OwnBroker
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LogBadInputIT {

  private static final String WARNING = " WARN  culvert.mqtt.server - ";

  /** At the turn of a second it may be one more for each event loop. */
  private static final int WARNINGS_PER_SECOND = 10;

  /** Nothing else is logged meanwhile, and the flood comes last: so no limit hides one of them. */
  @Order(1)
  @BadInput({3, 11, 14, 16, 20, 27, 37, 41})
  @Test
  void eachKindOfViolationIsNamedOnce(Scene scene, CulvertProcess broker) throws IOException {
    int before = broker.lines(WARNING).size();
    Offender.client(scene, 5, "a").send(Hex.bytes("308080808001")).isDismissed(0x81);
    Offender.client(scene, 5, "b").sendPacket("60", "0001").isDismissed(0x81);
    Offender.client(scene, 5, "c").sendPacket("40", "0000").isDismissed(0x82);
    Offender.client(scene, 4, "d").send(Hex.connect(4, "d")).isDismissed(0x82);
    Offender.stranger(scene).sendPacket("10", "00044d515454 09 02 003c 00 0000").isRefused(0x84);
    Offender.stranger(scene)
        .sendPacket("10", "00044d515454 05 02 003c 03 210000 0000")
        .isRefused(0x82);
    Offender.client(scene, 4, "e").sendPacket("30", "0001ff").isDismissed(0x81);
    Offender.client(scene, 5, "f").sendPacket("30", "000123 00").isDismissed(0x82);
    List<String> all = broker.awaitLines(WARNING, before + 8);
    assertThat(all.subList(before, all.size()))
        .hasSize(8)
        .anyMatch(line -> line.contains("-a is closed with reason code 0x81: Remaining Length"))
        .anyMatch(line -> line.contains("-b is closed with reason code 0x81: PUBREL with flags 0"))
        .anyMatch(line -> line.contains("-c is closed with reason code 0x82: Packet Identifier 0"))
        .anyMatch(line -> line.contains("-d is closed with reason code 0x82: second CONNECT"))
        .anyMatch(line -> line.contains("reason code 0x84: protocol level 9"))
        .anyMatch(line -> line.contains("reason code 0x82: RECEIVE_MAXIMUM"))
        .anyMatch(line -> line.contains("-e is closed with reason code 0x81: ill-formed UTF-8"))
        .anyMatch(line -> line.contains("-f is closed with reason code 0x82: wildcard"));
  }

  @Order(2)
  @BadInput({47, 49, 50})
  @Test
  void aNameForgesNoLine(Scene scene, CulvertProcess broker) throws IOException {
    int before = broker.lines(WARNING).size();
    String forged = "x\r\n2026-01-01T00:00:00.000Z FATAL forged\u001b[31m\u0085\u2028";
    RawConnection client = scene.own(RawConnection.open(scene.broker().mqtt()));
    byte[] head = Hex.bytes("00044d515454 04 c2 003c");
    client.send(Hex.packet(0x10, head, Hex.string(forged), Hex.string(forged), Hex.string(forged)));
    assertThat(client.expectPacket()).isEqualTo(Hex.bytes("2002 0000"));
    client.send(Hex.bytes("3600"));
    assertThat(client.nextPacket()).isNull();
    assertThat(broker.awaitLines(WARNING, before + 1).get(before))
        .contains("client x??2026")
        .contains("0x81");
    assertThat(broker.lines("2026-01-01")).noneMatch(line -> line.startsWith("2026-01-01"));
    assertThat(broker.lines("forged")).noneMatch(line -> line.matches(".*[\u001b\u0085\u2028].*"));
  }

  @Order(3)
  @BadInput(50)
  @Test
  void aFloodOfViolationsWritesFewLines(Scene scene, CulvertProcess broker) throws IOException {
    int before = broker.lines(WARNING).size();
    long began = System.nanoTime();
    for (int i = 0; i < 500; i++) {
      Offender.stranger(scene).send(Hex.bytes("0000")).isClosedInSilence();
    }
    long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds() + 2;
    int most = Math.toIntExact(seconds) * WARNINGS_PER_SECOND;
    assertThat(broker.lines(WARNING).size() - before).isBetween(1, most);
  }
}
