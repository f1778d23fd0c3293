package io.culvert.rpc;

import static io.culvert.runtime.metrics.PartMetric.counter;
import static io.culvert.runtime.metrics.PartMetric.gauge;

import io.culvert.rpc.persistent.RequestState;
import io.culvert.rpc.persistent.RequestStatus;
import io.culvert.rpc.protocol.RpcException;
import io.culvert.runtime.metrics.PartMetric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** The numbers of a deployed device RPC, for those who watch. Any thread may count and read. */
public final class RpcMetrics {
  public static final List<PartMetric<RpcMetrics>> TABLE = metrics();

  private final DeviceDirectory directory;
  private final LongAdder asked = new LongAdder();
  private final LongAdder answered = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder unanswered = new LongAdder();
  private final LongAdder told = new LongAdder();
  private final AtomicLong observations = new AtomicLong();
  private final AtomicLong persistent = new AtomicLong();
  private final AtomicLong persistentBytes = new AtomicLong();
  private final LongAdder attempts = new LongAdder();
  private final Map<RequestState, LongAdder> ended = new ConcurrentHashMap<>();

  /**
   * @param directory whose size may be read a little late
   */
  RpcMetrics(DeviceDirectory directory) {
    this.directory = directory;
  }

  void countAsked(int requests) {
    asked.add(requests);
  }

  void countAnswered() {
    answered.increment();
  }

  void countFailed(Throwable failure) {
    if (failure instanceof RpcException typed && typed.response() != null) {
      refused.increment();
    } else {
      unanswered.increment();
    }
  }

  void countTold() {
    told.increment();
  }

  void observations(int now) {
    observations.set(now);
  }

  /** A persistent request has come into another state; so much is kept now. */
  void changed(RequestStatus status, PersistentRequests.Held now) {
    if (status.state() == RequestState.SENT) {
      attempts.increment();
    } else if (status.state().isFinal()) {
      ended(status.state()).increment();
    }
    persistent(now);
  }

  void persistent(PersistentRequests.Held now) {
    persistent.set(now.requests());
    persistentBytes.set(now.bytes());
  }

  private LongAdder ended(RequestState state) {
    return ended.computeIfAbsent(state, key -> new LongAdder());
  }

  private static List<PartMetric<RpcMetrics>> metrics() {
    List<PartMetric<RpcMetrics>> all = new ArrayList<>();
    all.add(
        gauge(
            "culvert.rpc.requests.waiting",
            "Requests that wait for the answer of their device (`rpc.max-calls`).",
            rpc ->
                rpc.asked.sum() - rpc.answered.sum() - rpc.refused.sum() - rpc.unanswered.sum()));
    all.add(counter("culvert.rpc.requests", "Requests to devices.", rpc -> rpc.asked.sum()));
    all.add(
        counter(
            "culvert.rpc.requests.answered",
            "Those of them that a device has done.",
            rpc -> rpc.answered.sum()));
    all.add(
        counter(
            "culvert.rpc.requests.refused",
            "Those that a device has answered with 4xx or 5xx.",
            rpc -> rpc.refused.sum()));
    all.add(
        counter(
            "culvert.rpc.requests.unanswered",
            "Those that got no answer in time, or were not sent.",
            rpc -> rpc.unanswered.sum()));
    all.add(counter("culvert.rpc.told", "Requests that wanted no answer.", rpc -> rpc.told.sum()));
    all.add(
        gauge(
            "culvert.rpc.observations",
            "Resources that are observed for addresses of the event bus.",
            rpc -> rpc.observations.get()));
    all.add(
        gauge(
            "culvert.rpc.devices",
            "Devices in the directory (`rpc.max-devices`).",
            rpc -> rpc.directory.size()));
    all.add(
        gauge(
            "culvert.rpc.persistent",
            "Persistent requests that have not ended (`rpc.max-persistent`).",
            rpc -> rpc.persistent.get()));
    all.add(
        gauge(
            "culvert.rpc.persistent.bytes",
            "Bytes of them (`rpc.max-persistent-bytes`).",
            rpc -> rpc.persistentBytes.get()));
    all.add(
        counter(
            "culvert.rpc.persistent.attempts",
            "How often persistent requests were sent.",
            rpc -> rpc.attempts.sum()));
    for (RequestState state : RequestState.values()) {
      if (state.isFinal()) {
        String word = state.text().replace('-', '.');
        all.add(
            counter(
                "culvert.rpc.persistent." + word,
                "Persistent requests that have ended as `%s`.".formatted(state.text()),
                rpc -> rpc.ended(state).sum()));
      }
    }
    return List.copyOf(all);
  }
}
