package io.culvert.rpc.exchange;

import io.culvert.engine.Deadlines;
import io.culvert.rpc.protocol.RequestId;
import org.jspecify.annotations.Nullable;

/** A call that waits for its answer, and how far it has come. */
final class PendingCall {
  private final RequestId id;
  private final Call call;
  private final Deadlines<PendingCall> deadlines;
  private final Deadlines.Entry<PendingCall> deadline;
  private long endMillis;
  private RequestId wireId;
  private @Nullable Upload upload;
  private @Nullable Download download;
  private int downloads;
  private @Nullable Observation observation;
  private AnswerCache.@Nullable Kept kept;

  PendingCall(RequestId id, Call call, long nowMillis, Deadlines<PendingCall> deadlines) {
    this.id = id;
    this.wireId = id;
    this.call = call;
    this.endMillis = nowMillis + call.timeoutMillis();
    this.deadlines = deadlines;
    this.deadline = deadlines.entry(this);
  }

  RequestId id() {
    return id;
  }

  Call call() {
    return call;
  }

  /** The request id of the message whose answer is awaited. */
  RequestId wireId() {
    return wireId;
  }

  void wireId(RequestId value) {
    wireId = value;
  }

  @Nullable Upload upload() {
    return upload;
  }

  void upload(@Nullable Upload value) {
    upload = value;
  }

  @Nullable Download download() {
    return download;
  }

  /** Begins to take an answer in blocks, or ends that; returns how often it was begun. */
  int download(@Nullable Download value) {
    download = value;
    return value == null ? downloads : ++downloads;
  }

  int downloads() {
    return downloads;
  }

  /** Another state is taken now, which may change as often again. */
  void forgetDownloads() {
    downloads = 0;
  }

  @Nullable Observation observation() {
    return observation;
  }

  void observation(Observation value) {
    observation = value;
  }

  /** What is kept and asked for by name, or null. */
  AnswerCache.@Nullable Kept kept() {
    return kept;
  }

  void kept(AnswerCache.Kept value) {
    kept = value;
  }

  boolean isOver(long nowMillis) {
    return nowMillis >= endMillis;
  }

  long leftMillis(long nowMillis) {
    return observation == null
        ? Math.max(1, endMillis - nowMillis)
        : Math.max(1, call.timeoutMillis());
  }

  /** Its message goes out; when nothing comes it may go again. */
  void sent(long nowMillis) {
    boolean isRepeated = call.retryMillis() > 0 && isHarmless();
    long againMillis = isRepeated ? nowMillis + call.retryMillis() : endMillis;
    deadlines.set(deadline, Math.min(againMillis, endMillis));
  }

  /** Waits for news of what it observes. */
  void observes(Observation observed) {
    endMillis = Long.MAX_VALUE;
    deadlines.set(deadline, observed.nextMillis());
  }

  void end() {
    deadlines.remove(deadline);
  }

  /** Whoever goes beyond the plain protocol executes what comes twice once. */
  private boolean isHarmless() {
    return call.method().isIdempotent() || call.usesReplyTopic();
  }
}
