package io.culvert.engine.testkit;

import io.culvert.engine.Bytes;
import io.culvert.engine.ShardLink;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * Links between numbered nodes over a simulated network in virtual time. A batch crosses as one
 * packet; packets are delayed, and on demand lost, repeated, overtaken and cut off in one or both
 * directions. At first each frame arrives once and in order. All chance comes from the seed.
 */
public final class SimulatedLinks {
  private final VirtualClock clock;
  private final Random random;
  private final long maximumWaitingBytes;
  private final Map<Integer, Node> nodes = new TreeMap<>();
  private final Set<Direction> cut = new HashSet<>();
  private long leastMillis = 1;
  private long mostMillis = 1;
  private double dropChance;
  private double repeatChance;
  private boolean overtakes;

  public SimulatedLinks(VirtualClock clock, long seed, long maximumWaitingBytes) {
    this.clock = clock;
    this.random = new Random(seed);
    this.maximumWaitingBytes = maximumWaitingBytes;
  }

  /** How long packets are on their way from now on. */
  public void takesMillis(long least, long most) {
    leastMillis = least;
    mostMillis = most;
  }

  /** How often a packet is lost or comes twice, 0…1 each, and whether one may overtake another. */
  public void faults(double newDropChance, double newRepeatChance, boolean newOvertakes) {
    dropChance = newDropChance;
    repeatChance = newRepeatChance;
    overtakes = newOvertakes;
  }

  /** From now on nothing arrives from one node at the other, and nobody is told. */
  public void cut(int from, int to) {
    cut.add(new Direction(from, to));
  }

  /** Ends a cut. What should have arrived meanwhile is lost. */
  public void heal(int from, int to) {
    cut.remove(new Direction(from, to));
  }

  /** Ends all cuts and all faults. */
  public void healAll() {
    cut.clear();
    faults(0, 0, false);
  }

  /**
   * Starts a node. A node of that number that was there before has crashed: what it had not flushed
   * and what is on its way to it is lost.
   */
  public ShardLink start(int number, ShardLink.Receiver receiver) {
    Node node = new Node(number, receiver);
    nodes.put(number, node);
    return node;
  }

  /** Ends a node for now. */
  public void crash(int number) {
    nodes.remove(number);
  }

  private long travelMillis() {
    return leastMillis + (long) (random.nextDouble() * (mostMillis - leastMillis + 1));
  }

  private boolean happens(double chance) {
    return random.nextDouble() < chance;
  }

  private record Direction(int from, int to) {}

  /** What one node has for one other. */
  private static final class Lane {
    private List<Bytes> unflushed = new ArrayList<>();
    private long waitingBytes;
    private long lastArrivalMillis;
    private boolean refused;
  }

  private final class Node implements ShardLink {
    private final int number;
    private final Receiver receiver;
    private final Map<Integer, Lane> lanes = new TreeMap<>();

    Node(int number, Receiver receiver) {
      this.number = number;
      this.receiver = receiver;
    }

    @Override
    public boolean send(int peer, Bytes frame) {
      if (peer == number) {
        throw new IllegalArgumentException("node " + peer + " sends to itself");
      }
      Lane lane = lanes.computeIfAbsent(peer, absent -> new Lane());
      if (lane.refused || lane.waitingBytes >= maximumWaitingBytes) {
        lane.refused = true;
        return false;
      }
      lane.waitingBytes += frame.length();
      lane.unflushed.add(frame);
      return true;
    }

    @Override
    public void flush() {
      if (isUp()) {
        lanes.forEach(this::flush);
      }
    }

    private void flush(int peer, Lane lane) {
      if (lane.unflushed.isEmpty()) {
        return;
      }
      List<Bytes> packet = lane.unflushed;
      lane.unflushed = new ArrayList<>();
      Node target = nodes.get(peer);
      boolean lost = happens(dropChance);
      long millis = arrival(lane);
      clock.after(millis, () -> end(peer, lane, packet));
      if (target != null && !lost) {
        clock.after(millis, () -> arrive(target, packet));
        if (happens(repeatChance)) {
          clock.after(arrival(lane), () -> arrive(target, packet));
        }
      }
    }

    /** How long from now; not before what was sent earlier, unless packets overtake. */
    private long arrival(Lane lane) {
      long millis = travelMillis();
      if (!overtakes) {
        millis = Math.max(millis, lane.lastArrivalMillis - clock.nowMillis());
        lane.lastArrivalMillis = clock.nowMillis() + millis;
      }
      return millis;
    }

    private void arrive(Node target, List<Bytes> packet) {
      if (target.isUp() && !cut.contains(new Direction(number, target.number))) {
        packet.forEach(frame -> target.receiver.received(number, frame, clock.nowMillis()));
      }
    }

    /** The packet has arrived or is lost: there is room again. */
    private void end(int peer, Lane lane, List<Bytes> packet) {
      packet.forEach(frame -> lane.waitingBytes -= frame.length());
      if (lane.refused && lane.waitingBytes <= maximumWaitingBytes / 2 && isUp()) {
        lane.refused = false;
        receiver.room(peer, clock.nowMillis());
      }
    }

    private boolean isUp() {
      return nodes.get(number) == this;
    }
  }
}
