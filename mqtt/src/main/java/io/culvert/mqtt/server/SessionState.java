package io.culvert.mqtt.server;

import io.culvert.mqtt.session.Delivery;
import io.culvert.mqtt.session.OutboundWindow;
import io.culvert.mqtt.session.ReceivedIds;
import io.culvert.mqtt.wire.TopicFilter;
import io.culvert.mqtt.wire.Will;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a session has besides its subscriptions, in one piece: when it ends, a Will that waits, the
 * QoS 2 messages that it has received, those that are in flight with their packet identifiers, and
 * those that wait.
 */
final class SessionState {
  private SessionState() {}

  static void write(Session session, FrameWriter out) {
    out.i64(session.expirySeconds()).i64(session.endsAtMillis());
    Will will = session.will();
    out.flag(will != null);
    if (will != null) {
      out.will(will).i64(session.willAtMillis());
    }
    int[] received = session.received().toArray();
    out.i32(received.length);
    for (int id : received) {
      out.u16(id);
    }
    Outgoing outgoing = session.outgoing();
    OutboundWindow window = outgoing.window();
    out.i32(window.size());
    for (int id = window.oldest(); id != 0; id = window.after(id)) {
      Delivery delivery = window.published(id);
      out.u16(id).flag(delivery != null);
      if (delivery != null) {
        out.delivery(delivery);
      }
    }
    SessionRecords records = session.records();
    if (records != null) {
      int[] reserved = window.reserved().toArray(); // for what is not loaded yet
      out.i32(reserved.length);
      for (int id : reserved) {
        out.u16(id);
      }
      out.i32(outgoing.waiting().paged()).i64(outgoing.waiting().pagedBytes());
      records.writeQueueTo(out);
    }
    out.i32(outgoing.waiting().size() - outgoing.waiting().paged());
    outgoing.forEachQueued(out::delivery);
    List<TopicFilter> unfinished = outgoing.unfinishedFeeds();
    out.i32(unfinished.size());
    unfinished.forEach(out::filter);
  }

  /**
   * Puts the state into a session that may have got newer messages meanwhile.
   *
   * @return the filters whose retained messages have not all been sent
   */
  static List<TopicFilter> read(FrameReader in, Session session, long nowMillis) {
    session.expirySeconds(in.i64());
    session.endsAt(in.i64());
    if (in.flag()) {
      session.will(in.will().copy());
      session.willAt(in.i64());
    }
    ReceivedIds received = session.received();
    for (int left = in.i32(); left > 0; left--) {
      received.add(in.u16());
    }
    Outgoing outgoing = session.outgoing();
    OutboundWindow window = outgoing.window();
    int inFlight = in.i32();
    for (int left = inFlight; left > 0; left--) {
      int id = in.u16();
      Delivery delivery = in.flag() ? in.delivery() : null;
      window.restore(id, delivery);
      keepShared(session, delivery);
    }
    MessageQueue newer = outgoing.takeQueue();
    SessionRecords records = session.records();
    if (records != null) {
      for (int left = in.i32(); left > 0; left--) {
        window.reserve(in.u16());
      }
      int paged = in.i32();
      long pagedBytes = in.i64();
      records.readQueue(in, paged > 0);
      outgoing.waiting().page(paged, pagedBytes);
    }
    for (int left = in.i32(); left > 0; left--) {
      Delivery delivery = in.delivery();
      keepShared(session, delivery);
      outgoing.sendOrQueue(delivery, nowMillis);
    }
    if (newer != null) {
      outgoing.waiting().page(newer.paged(), newer.pagedBytes());
      newer.unpageAll();
      while (newer.size() > 0) {
        outgoing.sendOrQueue(newer.remove(), nowMillis);
      }
    }
    List<TopicFilter> unfinished = new ArrayList<>();
    for (int left = in.i32(); left > 0; left--) {
      unfinished.add(in.filter());
    }
    return unfinished;
  }

  /** It is in memory, and not read from its record again. */
  private static void keepShared(Session session, @Nullable Delivery delivery) {
    SessionRecords records = session.records();
    if (records != null && delivery != null && delivery.sharedFilter() != null) {
      records.keepsShared(delivery.number());
    }
  }
}
