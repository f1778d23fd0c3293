package io.culvert.conformance.faults;

import io.culvert.conformance.faults.client.Client;
import io.culvert.conformance.faults.client.Flow;
import io.culvert.conformance.faults.client.Identity;
import io.culvert.conformance.faults.client.Loop;
import io.culvert.conformance.faults.client.Pace;
import io.culvert.conformance.faults.client.Publisher;
import io.culvert.conformance.faults.client.Reader;
import io.culvert.conformance.faults.ledger.Ledger;
import io.culvert.conformance.faults.ledger.Message;
import io.culvert.conformance.faults.ledger.Subscriber;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Who takes part in a ledger run: publishers of both versions and QoS, and subscribers of all
 * kinds. New subscribers join in the midst of the load, and some of them leave.
 */
final class Cast {
  private static final int MOST_JOINED = 8;
  private static final int SLOW_MILLIS = 30;
  private static final Pace PACE = new Pace(200, 30, Message.LEAST_SIZE_BYTES, 5);

  private final Loop loop;
  private final Ledger ledger;
  private final Random random;
  private final List<Publisher> publishers = new ArrayList<>();
  private final List<Reader> steady = new ArrayList<>();
  private final List<Reader> away = new ArrayList<>();
  private final List<Reader> joined = new ArrayList<>();

  Cast(Loop loop, Ledger ledger, Random random) {
    this.loop = loop;
    this.ledger = ledger;
    this.random = random;
    publisher("p0", 5, 1, 1);
    publisher("p1", 5, 2, 2);
    publisher("p2", 4, 1, 1);
    publisher("p3", 4, 2, 2);
    publisher("p4", 5, 1, 2);
    publisher("p5", 4, 2, 1);
    add(steady, 5, Subscriber.alone("all", "a/#", 2));
    add(steady, 4, Subscriber.alone("exact", "a/p1/0", 2));
    add(steady, 4, Subscriber.alone("level", "a/+/1", 1));
    add(steady, 5, Subscriber.member("group-0", "g", "a/#", 1));
    add(steady, 4, Subscriber.member("twice-0", "t", "a/+/0", 2));
    slow(Identity.slow("slow-1", 5, 5), Subscriber.alone("slow-1", "a/p0/1", 1));
    slow(Identity.slow("slow-2", 5, 3), Subscriber.alone("slow-2", "a/p3/1", 2));
    add(away, 5, Subscriber.alone("away-1", "a/p2/#", 1));
    add(away, 4, Subscriber.alone("away-2", "a/p4/#", 2));
    add(away, 5, Subscriber.alone("away-3", "a/+/1", 2));
    add(away, 5, Subscriber.member("group-1", "g", "a/#", 1));
    add(away, 5, Subscriber.member("twice-1", "t", "a/+/0", 2));
  }

  List<Publisher> publishers() {
    return publishers;
  }

  List<Reader> readers() {
    List<Reader> all = new ArrayList<>(steady);
    all.addAll(away);
    all.addAll(joined);
    return all;
  }

  List<Client> clients() {
    List<Client> all = new ArrayList<>();
    publishers.forEach(publisher -> all.add(publisher.client()));
    readers().forEach(reader -> all.add(reader.client()));
    return all;
  }

  /** All but those who are away in this round: two thirds of these. */
  void comeOnline(int port) {
    publishers.forEach(publisher -> publisher.client().online(port));
    steady.forEach(reader -> reader.client().online(port));
    joined.forEach(reader -> reader.client().online(port));
    for (Reader reader : away) {
      if (random.nextInt(3) == 0) {
        reader.client().online(port);
      }
    }
  }

  /** One joins, one may leave, and two lose their connections; at random moments until the kill. */
  void unrest(int port, int killMillis) {
    if (joined.size() < MOST_JOINED && random.nextBoolean()) {
      Reader reader = joiner();
      loop.schedule(random.nextInt(killMillis), () -> reader.client().online(port));
    } else if (joined.size() > MOST_JOINED / 2 && random.nextInt(4) == 0) {
      Reader reader = joined.get(random.nextInt(MOST_JOINED / 2));
      loop.schedule(random.nextInt(killMillis), reader::unsubscribe);
    }
    List<Client> clients = clients();
    for (int i = 0; i < 2; i++) {
      Client client = clients.get(random.nextInt(clients.size()));
      loop.schedule(random.nextInt(killMillis), client::cut);
    }
  }

  private Reader joiner() {
    String name = "joined-" + joined.size();
    int level = random.nextBoolean() ? 5 : 4;
    String filter = "a/p" + random.nextInt(6) + (random.nextBoolean() ? "/#" : "/1");
    return add(joined, level, Subscriber.alone(name, filter, 1 + random.nextInt(2)));
  }

  private void publisher(String name, int level, int firstQos, int secondQos) {
    List<Flow> flows =
        List.of(
            new Flow("a/" + name + "/0", firstQos, false),
            new Flow("a/" + name + "/1", secondQos, false),
            new Flow("a/" + name + "/2/x", firstQos, false),
            new Flow("r/" + name, firstQos, true));
    Random own = new Random(random.nextLong());
    publishers.add(new Publisher(loop, ledger, Identity.durable(name, level), flows, PACE, own));
  }

  private Reader add(List<Reader> to, int level, Subscriber subscriber) {
    Identity identity = Identity.durable(subscriber.name(), level);
    Reader reader = new Reader(loop, ledger, identity, subscriber, 0);
    to.add(reader);
    return reader;
  }

  private void slow(Identity identity, Subscriber subscriber) {
    steady.add(new Reader(loop, ledger, identity, subscriber, SLOW_MILLIS));
  }
}
