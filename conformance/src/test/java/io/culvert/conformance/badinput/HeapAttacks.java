package io.culvert.conformance.badinput;

import io.culvert.conformance.raw.Hex;
import io.culvert.conformance.raw.RawConnection;
import io.culvert.conformance.scene.Scene;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Those bad inputs of the list that want memory, each as much as it can get. Most go on until their
 * thread is interrupted; all end when their connections are closed.
 */
final class HeapAttacks {
  private static final byte[] KIB = new byte[1024];

  /** Messages that a client sends before it looks at the answers. */
  private static final int TOGETHER = 50;

  private HeapAttacks() {}

  /** What a client does that means harm. */
  interface Attack {
    void on(Scene scene) throws IOException;
  }

  /** By their names, which begin with their numbers in the list, in the order of the list. */
  static Map<String, Attack> all() {
    Map<String, Attack> all = new LinkedHashMap<>();
    all.put("6 packets that never end", HeapAttacks::neverEnd);
    all.put("51 one packet identifier of QoS 2 again and again", HeapAttacks::sameIdentifier);
    all.put("52 all packet identifiers open", HeapAttacks::allIdentifiers);
    all.put("53 acknowledgements of nothing", HeapAttacks::unknownAcknowledgements);
    all.put("55 more than Receive Maximum", HeapAttacks::moreThanReceiveMaximum);
    all.put("56 clients that never acknowledge", HeapAttacks::neverAcknowledge);
    all.put("57 clients that never read", HeapAttacks::neverRead);
    all.put("57 clients that never read large messages", HeapAttacks::neverReadLarge);
    all.put("57 clients that never read their answers", HeapAttacks::neverReadAnswers);
    all.put("57 and those who send to them and hang up", HeapAttacks::hangUp);
    all.put("58 very many subscriptions", HeapAttacks::manySubscriptions);
    all.put("59 subscriptions that come and go", HeapAttacks::churnOfSubscriptions);
    all.put("60 and 61 very many retained messages, read by twenty", HeapAttacks::retained);
    all.put("61 very many filters that match them", HeapAttacks::manyFilters);
    all.put("62 sessions that are away and a busy topic", HeapAttacks::away);
    all.put("66 two clients with one name", HeapAttacks::takeOvers);
    all.put("70 unfinished CONNECTs", HeapAttacks::unfinished);
    all.put("71 connect and leave", HeapAttacks::churnOfConnections);
    all.put("77 one message for very many, half of them slow", HeapAttacks::fanOut);
    all.put("63 sessions without end", HeapAttacks::sessions); // last: they stay
    return all;
  }

  /** Those of them that leave something in a store. */
  static Map<String, Attack> kept() {
    Map<String, Attack> kept = all();
    kept.keySet().removeIf(name -> !name.matches("(60|61|62|63) .*"));
    return kept;
  }

  private static void sameIdentifier(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 4);
    byte[] some = repeated(Hex.publishQos2(4, scene.topic("t"), 1, KIB), 50);
    for (int i = 0; i < 2000; i++) {
      client.send(some);
      for (int answer = 0; answer < 50; answer++) {
        check(client.next(), 0x50);
      }
    }
  }

  private static void allIdentifiers(Scene scene) throws IOException {
    for (int session = 0; session < 3; session++) {
      Offender client = Offender.client(scene, 4, "ids-" + session);
      for (int id = 1; id <= 0xFFFF; id++) {
        client.send(Hex.publishQos2(4, scene.topic("t"), id, new byte[] {1}));
        check(client.next(), 0x50);
      }
    }
  }

  private static void unknownAcknowledgements(Scene scene) throws IOException {
    Offender client = Offender.client(scene, 5);
    byte[] acks = repeated(Hex.packet(0x40, Hex.id(77)), 10_000);
    while (goesOn()) {
      client.send(acks);
      check(client.send(Offender.PINGREQ).next(), 0xD0);
    }
  }

  private static void moreThanReceiveMaximum(Scene scene) throws IOException {
    for (int round = 0; goesOn(); round++) {
      Offender client = Offender.client(scene, 5, "more-" + round);
      for (int id = 1; id <= 1100; id++) {
        client.send(Hex.publishQos2(5, scene.topic("t"), id, new byte[] {1}));
      }
      byte[] answer = client.next();
      while (answer[0] == 0x50) {
        answer = client.next();
      }
      check(answer, 0xE0);
      check(answer[2] == (byte) 0x93 || answer[2] == (byte) 0x97, answer);
    }
  }

  private static void neverAcknowledge(Scene scene) throws IOException {
    for (int reader = 0; reader < 50; reader++) {
      Offender.client(scene, 5, "reader-" + reader).subscribe(scene.topic("t/" + reader), 1);
    }
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[16 * 1024];
    for (int i = 1; goesOn(); i++) {
      sender.send(Hex.publishQos1(5, scene.topic("t/" + i % 50), i % 1000 + 1, payload));
      isTaken(sender.next());
    }
  }

  private static void neverRead(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 300).connect(4, "deaf");
    crowd.send(member -> Hex.subscribe(4, scene.topic("t/" + member % 30), 0));
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[16 * 1024];
    for (int i = 1; goesOn(); i++) {
      sender.send(Hex.publish(5, scene.topic("t/" + i % 30), payload));
    }
  }

  private static void neverReadLarge(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 60).connect(4, "deaf");
    crowd.send(member -> Hex.subscribe(4, scene.topic("large/" + member), member % 2));
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[1024 * 1024];
    for (int i = 1; goesOn(); i++) {
      sender.send(Hex.publish(5, scene.topic("large/" + i % 60), payload));
    }
  }

  private static void neverReadAnswers(Scene scene) throws IOException {
    Crowd.of(scene, 50).connect(4, "asks").flood(repeated(Offender.PINGREQ, 50_000));
  }

  /** What a kernel has taken from them may come after they have gone. */
  private static void hangUp(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 300).connect(4, "deaf");
    crowd.send(member -> Hex.subscribe(4, scene.topic("t/" + member % 30), 0));
    byte[][] some = new byte[300][];
    for (int i = 0; i < some.length; i++) {
      some[i] = Hex.publish(5, scene.topic("t/" + i % 30), new byte[16 * 1024]);
    }
    byte[] all = Hex.joined(some);
    for (int round = 0; goesOn(); round++) {
      try (var connection = RawConnection.open(scene.broker().mqtt())) {
        connection.send(Hex.connect(5, scene.clientId("hasty-" + round)));
        if (connection.nextPacket() != null) { // else its close would be a reset
          connection.send(all);
        }
      } catch (SocketException e) {
        // It was refused.
      }
    }
  }

  private static void neverEnd(Scene scene) throws IOException {
    byte[] most = new byte[1000 * 1024];
    Crowd crowd = Crowd.of(scene, 60).connect(4, "begins");
    crowd.send(
        member ->
            Hex.joined(
                Hex.bytes("30a8ff7f 000174"), most)); // nearly 2 MiB, and less than that comes
    crowd.send(member -> most);
  }

  private static void manySubscriptions(Scene scene) throws IOException {
    for (int session = 0; session < 20; session++) {
      Offender client = Offender.client(scene, 5, "greedy-" + session);
      for (int i = 0; i < 10_000; i++) {
        String filter = scene.topic("s/" + session + "/" + i + "/+/a/b/c/d/#");
        byte[] answer = client.send(Hex.subscribe(5, filter, 1)).next();
        check(answer, 0x90);
        int reasonCode = answer[answer.length - 1] & 0xFF;
        check(reasonCode == 1 || reasonCode == 0x97, answer);
      }
    }
  }

  private static void churnOfSubscriptions(Scene scene) throws IOException {
    Offender churning = Offender.client(scene, 5, "churning");
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] unsubscribe = Hex.packet(0xA2, Hex.id(2), Hex.bytes("00"), Hex.string(scene.topic("#")));
    while (goesOn()) {
      churning.send(Hex.subscribe(5, scene.topic("#"), 0), unsubscribe);
      sender.send(Hex.publish(5, scene.topic("t"), KIB)).isServed();
      byte[] answer = churning.next();
      while (answer[0] != (byte) 0xB0) {
        answer = churning.next();
      }
    }
  }

  private static void retained(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 5, "keeper");
    int stored = 0;
    while (goesOn() && retain(sender, scene, stored, n -> new byte[n % 2 == 0 ? 4096 : 1])) {
      stored += TOGETHER;
    }
    for (int i = 0; i < stored / 4; i += TOGETHER) { // readers need a little room
      retain(sender, scene, i, n -> new byte[0]);
    }
    Crowd crowd = Crowd.of(scene, 20).connect(4, "all");
    crowd.send(member -> Hex.subscribe(4, scene.topic("r/#"), 1));
    for (int i = 0; goesOn() && i < stored; i += TOGETHER) {
      retain(sender, scene, i, n -> new byte[0]);
    }
  }

  /** Some at once; gives whether all were taken. */
  private static boolean retain(
      Offender sender, Scene scene, int first, IntFunction<byte[]> payload) throws IOException {
    byte[][] some = new byte[TOGETHER][];
    for (int i = 0; i < TOGETHER; i++) {
      int topic = first + i;
      some[i] = Hex.publishQos1(5, scene.topic("r/" + topic), i + 1, payload.apply(topic));
      some[i][0] |= 1;
    }
    sender.send(some);
    boolean areTaken = true;
    for (int i = 0; i < TOGETHER; i++) {
      areTaken &= isTaken(sender.next());
    }
    return areTaken;
  }

  /** Each of the 1000 filters matches all: two ways to write each of ten levels. */
  private static void manyFilters(Scene scene) throws IOException {
    Offender sender = Offender.client(scene, 5, "keeper");
    for (int i = 0; i < 200; i++) {
      byte[] publish =
          Hex.publishQos1(5, scene.topic("a/b/c/d/e/f/g/h/i/j/" + i), 1, new byte[4096]);
      publish[0] |= 1;
      isTaken(sender.send(publish).next());
    }
    for (int reader = 0; goesOn(); reader++) {
      byte[][] filters = new byte[1000][];
      for (int i = 0; i < filters.length; i++) {
        StringBuilder filter = new StringBuilder();
        for (int level = 0; level < 10; level++) {
          filter.append((i >> level & 1) == 0 ? "+" : "" + (char) ('a' + level)).append('/');
        }
        filters[i] = Hex.joined(Hex.string(scene.topic(filter + "#")), new byte[] {1});
      }
      byte[] subscribe = Hex.packet(0x82, Hex.id(1), Hex.bytes("00"), Hex.joined(filters));
      Offender.client(scene, 5, "reader-" + reader).send(subscribe);
    }
  }

  private static void away(Scene scene) throws IOException {
    for (int session = 0; session < 20; session++) {
      Offender away = Offender.client(scene, "away-" + session, "00", "05 1100000003");
      String share = session % 2 == 0 ? "" : "$share/group/";
      away.subscribe(share + scene.topic("busy/" + session), 1);
      away.send(Hex.bytes("e000"));
    }
    Offender sender = Offender.client(scene, 5, "sender");
    byte[] payload = new byte[16 * 1024];
    for (int i = 1; goesOn(); i++) {
      sender.send(Hex.publishQos1(5, scene.topic("busy/" + i % 20), i % 1000 + 1, payload));
      isTaken(sender.next());
    }
  }

  private static void takeOvers(Scene scene) throws IOException {
    while (goesOn()) {
      Offender.client(scene, 5, "the-same");
    }
  }

  private static void unfinished(Scene scene) throws IOException {
    byte[] half = Hex.bytes("10ffff07 00044d515454 05");
    Crowd crowd = Crowd.of(scene, 1000);
    crowd.send(member -> Hex.joined(half, new byte[32 * 1024]));
  }

  private static void churnOfConnections(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 100);
    for (int round = 0; goesOn(); round++) {
      crowd.send(member -> Hex.connect(5, scene.clientId("churn-" + member)));
      for (int member = 0; member < crowd.size(); member++) {
        crowd.replace(member);
      }
    }
  }

  private static void fanOut(Scene scene) throws IOException {
    Crowd crowd = Crowd.of(scene, 1000).connect(4, "many");
    crowd.send(member -> Hex.subscribe(4, scene.topic("news"), member % 2));
    Offender sender = Offender.client(scene, 5, "sender");
    for (int i = 1; goesOn(); i++) {
      sender.send(Hex.publishQos1(5, scene.topic("news"), i % 1000 + 1, new byte[3000]));
      isTaken(sender.next());
    }
  }

  private static void sessions(Scene scene) throws IOException {
    for (int session = 0; goesOn(); session++) {
      byte[] head = Hex.bytes("00044d515454 05 02003c 05 11ffffffff");
      String clientId = scene.clientId("endless-" + session + "x".repeat(2000));
      try (var connection = RawConnection.open(scene.broker().mqtt())) {
        connection.send(Hex.packet(0x10, head, Hex.string(clientId)));
        connection.nextPacket();
      }
    }
  }

  /** Whether PUBACK says so; it says nothing else but that there is no room. */
  private static boolean isTaken(byte[] answer) {
    check(answer, 0x40);
    int reasonCode = answer.length == 4 ? 0 : answer[4] & 0xFF;
    check(reasonCode == 0 || reasonCode == 0x10 || reasonCode == 0x97, answer);
    return reasonCode != 0x97;
  }

  private static void check(byte[] answer, int firstByte) {
    check((answer[0] & 0xFF) == firstByte, answer);
  }

  private static void check(boolean isAsListed, byte[] answer) {
    if (!isAsListed) {
      throw new IllegalStateException("not what the list says: " + Hex.of(answer));
    }
  }

  private static boolean goesOn() {
    return !Thread.currentThread().isInterrupted();
  }

  private static byte[] repeated(byte[] packet, int times) {
    byte[][] all = new byte[times][];
    Arrays.fill(all, packet);
    return Hex.joined(all);
  }
}
