package io.culvert.runtime.driver;

import io.culvert.engine.BufferPool;
import io.culvert.engine.Deadlines;
import io.culvert.engine.Engine;
import io.culvert.runtime.driver.loops.GatheringTransport;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Closeable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything of one event loop that its connections share: buffers, the connections that have
 * something to send, one timer, the clock. There is one shard per Vert.x context.
 *
 * <p>Single-threaded: except {@link #of}, {@link #nowMillis}, {@link #inThread}, {@link #ask},
 * {@link #delayMillis}, {@link #isBusy} and {@link #isGuest} all methods are called on the event
 * loop.
 *
 * <p>A <em>pass</em> runs once after all sockets that were ready have been read: it flushes each
 * connection that has changed, once, those with little to send before the others, and arms the
 * timer to the earliest deadline. Where it has no time for all, passes follow until the
 * <em>round</em> is over ({@link FlushRounds}); no deadline is looked at in between.
 */
public final class Shard {
  static final Logger LOG = LoggerFactory.getLogger("culvert.runtime");

  /** Enough for a last packet over a slow network, and little for a peer that does not read. */
  private static final long DEFAULT_CLOSE_GRACE_MILLIS = 2000;

  /**
   * What may wait in all sockets of a shard before each gets little at a time: with one shard per
   * processor a quarter of the direct memory.
   */
  private static final long UNSENT_BYTES =
      PlatformDependent.maxDirectMemory() / 4 / Runtime.getRuntime().availableProcessors();

  private static final String KEY = "io.culvert.shard";
  private static final long NANOS_PER_MILLI = 1_000_000;

  /** After a timed part has failed, so that one which always fails does not fill the log. */
  private static final long REST_MILLIS = 1000;

  private final ContextInternal context;
  private final EventLoop eventLoop;
  private final BufferPool buffers = BufferPool.forHeap(Runtime.getRuntime().maxMemory());
  private final byte[] scratch = new byte[ReusedReadBuffer.BYTES];
  private final ReusedReadBuffer readBuffer = new ReusedReadBuffer();
  private final DirectSink sink = new DirectSink();

  private final Deadlines<Timed> deadlines = new Deadlines<>();
  private final List<Watch> watches = new ArrayList<>();
  private @Nullable ScheduledFuture<?> timer;
  private long timerMillis = Engine.NO_DEADLINE;

  private final LoopDelay loopDelay = new LoopDelay();
  private volatile long busyFromMillis = Long.MAX_VALUE;
  private @Nullable ScheduledFuture<?> ticks;

  private long closeGraceMillis = DEFAULT_CLOSE_GRACE_MILLIS;

  private final Runnable pass = this::pass;
  private long unsentBytes;
  private boolean passScheduled;
  private boolean passing;
  private final List<Runnable> startOfPass = new ArrayList<>();
  private final List<Runnable> endOfPass = new ArrayList<>();
  private final List<Runnable> endOfRound = new ArrayList<>();
  private final FlushRounds rounds = new FlushRounds(System::nanoTime);

  private Shard(ContextInternal context) {
    this.context = context;
    this.eventLoop = context.nettyEventLoop();
  }

  /** The shard of the current context. */
  public static Shard current(Vertx vertx) {
    return of(vertx.getOrCreateContext());
  }

  /**
   * The shard of the current context where that is an event loop of this Vert.x, or else one of a
   * new context.
   */
  public static Shard currentOrNew(Vertx vertx) {
    Context current = Vertx.currentContext();
    return current != null
            && current.owner() == vertx
            && current.threadingModel() == ThreadingModel.EVENT_LOOP
        ? of(current)
        : of(((VertxInternal) vertx).createEventLoopContext());
  }

  /** The shard of an event-loop context; it is made when first asked for. */
  public static Shard of(Context context) {
    ContextInternal own = ((ContextInternal) context).unwrap();
    if (own.threadingModel() != ThreadingModel.EVENT_LOOP) {
      throw new IllegalArgumentException("A shard needs an event loop: " + own.threadingModel());
    }
    return (Shard) own.contextData().computeIfAbsent(KEY, key -> new Shard(own));
  }

  /** Arrays for the outboxes of this shard's engines. */
  public BufferPool buffers() {
    return buffers;
  }

  /** The time that engines of this process are told: monotonic, the same in all shards. */
  public long nowMillis() {
    return Math.floorDiv(System.nanoTime(), NANOS_PER_MILLI);
  }

  /**
   * How long an ending connection may take to send its last bytes, and then to see the peer end.
   */
  public long closeGraceMillis() {
    return closeGraceMillis;
  }

  /** Changes it for all connections of this shard; 2 seconds unless set. */
  public void closeGraceMillis(long millis) {
    closeGraceMillis = millis;
  }

  /**
   * Measures from now on how late the event loop is.
   *
   * @param busyFrom how late it is when it counts as busy, in milliseconds; 0 for never
   */
  public void measureDelay(long busyFrom) {
    stopMeasuring();
    busyFromMillis = busyFrom == 0 ? Long.MAX_VALUE : busyFrom;
    loopDelay.start(nowMillis());
    ticks =
        eventLoop.scheduleWithFixedDelay( // one task, which the loop uses again
            () -> loopDelay.tick(nowMillis()),
            LoopDelay.TICK_MILLIS,
            LoopDelay.TICK_MILLIS,
            TimeUnit.MILLISECONDS);
  }

  /** The delay is 0 and the loop is not busy, until it is measured again. */
  public void stopMeasuring() {
    if (ticks != null) {
      ticks.cancel(false);
      ticks = null;
    }
    loopDelay.stop();
  }

  /**
   * How late the event loop was in the last tenth of a second or two, or is now, in milliseconds: a
   * socket's bytes wait about as long until they are looked at. Any thread may ask.
   */
  public long delayMillis() {
    return loopDelay.millis(nowMillis());
  }

  /** Whether the event loop is later than it should be. Any thread may ask. */
  public boolean isBusy() {
    return loopDelay.millis(nowMillis()) >= busyFromMillis;
  }

  /** Whether the thread of another event loop runs this one now. Any thread may ask. */
  public boolean isGuest() {
    return GatheringTransport.isGuest(eventLoop);
  }

  /** The context in which applications of this shard are called. */
  public Context context() {
    return context;
  }

  /** Joins a part to the timer. Its deadline is looked at after every pass of this shard. */
  public Watch watch(TimedPart part) {
    Watch watch = new Watch(part);
    watches.add(watch);
    schedulePass();
    return watch;
  }

  /** Whether the caller is on this shard's event loop. Called on any thread. */
  public boolean inThread() {
    return eventLoop.inEventLoop();
  }

  /**
   * Asks on this shard's event loop; the answer comes in the context of whoever asks. May be called
   * on any thread.
   */
  public <T> Future<T> ask(Supplier<Future<T>> question) {
    Promise<T> answer = context.owner().getOrCreateContext().promise();
    context.runOnContext(
        ignored -> Future.succeededFuture().compose(now -> question.get()).onComplete(answer));
    return answer.future();
  }

  /**
   * Does it when the verticle of this context is undeployed, or its Vert.x is closed, which waits
   * for it.
   *
   * @return forgets it, for a part that ends before
   */
  public Runnable atClose(Supplier<Future<Void>> action) {
    Closeable hook = completion -> action.get().onComplete(completion);
    context.addCloseHook(hook);
    return () -> context.removeCloseHook(hook);
  }

  EventLoop eventLoop() {
    return eventLoop;
  }

  ContextInternal internalContext() {
    return context;
  }

  /** The array that all reads are copied to. */
  byte[] scratch() {
    return scratch;
  }

  ReusedReadBuffer readBuffer() {
    return readBuffer;
  }

  /** More waits in the sockets of this shard, in direct memory, or less. */
  void addUnsent(long bytes) {
    unsentBytes += bytes;
  }

  /** So much waits in the sockets that no slow peer may have its usual part. */
  boolean isCrowded() {
    return unsentBytes > UNSENT_BYTES;
  }

  DirectSink sink() {
    return sink;
  }

  /** Makes this shard's Vert.x context current; what it returns goes to {@link #leave}. */
  @Nullable ContextInternal enter() {
    return context.beginDispatch();
  }

  void leave(@Nullable ContextInternal previous) {
    context.endDispatch(previous);
  }

  Deadlines.Entry<Timed> deadline(Timed part) {
    return deadlines.entry(part);
  }

  /** Takes effect at the end of the pass. */
  void set(Deadlines.Entry<Timed> entry, long atMillis) {
    deadlines.set(entry, atMillis);
  }

  void remove(Deadlines.Entry<Timed> entry) {
    deadlines.remove(entry);
  }

  void dirty(FlushRounds.Member connection) {
    rounds.add(connection);
    schedulePass();
  }

  /** As {@link #dirty}, by what it was sent itself: most often it only answers. */
  void answering(FlushRounds.Member connection) {
    rounds.addAnswering(connection);
    schedulePass();
  }

  /**
   * A round goes on: connections wait that the last passes had no time for. What makes more work is
   * done when it is over, so that each gets as much in a round as it would in a pass.
   */
  boolean isBehind() {
    return rounds.isBehind();
  }

  /** Does it once, when the round that goes on is over. */
  void atEndOfRound(Runnable action) {
    endOfRound.add(action);
  }

  void schedulePass() {
    assert inThread() : "not on the event loop of this shard";
    if (passScheduled) {
      return;
    }
    passScheduled = true;
    if (passing) {
      // As a plain task it would follow at once, and the loop looks at its sockets only when it has
      // no more tasks, or after a second of them. What is due goes on after the next look.
      var unused = eventLoop.schedule(pass, 0, TimeUnit.NANOSECONDS);
    } else {
      eventLoop.execute(pass);
    }
  }

  /** Does it once, when all connections of this pass, or else of the next one, were flushed. */
  void atEndOfPass(Runnable action) {
    endOfPass.add(action);
    if (!passing) {
      schedulePass();
    }
  }

  /** Does it once, before the connections of the next pass are flushed; not within a pass. */
  void atStartOfPass(Runnable action) {
    if (!passing) {
      startOfPass.add(action);
      schedulePass();
    }
  }

  /**
   * Does it once: in the next pass before its connections are flushed, or at the end of the pass
   * that goes on.
   */
  public void inPass(Runnable action) {
    if (passing) {
      endOfPass.add(action);
    } else {
      startOfPass.add(action);
      schedulePass();
    }
  }

  private void pass() {
    passScheduled = false;
    passing = true;
    ContextInternal previous = enter();
    try {
      runAll(startOfPass);
      rounds.flush(nowMillis());
      if (!isBehind()) {
        runAll(endOfRound);
      }
      runAll(endOfPass);
      if (rounds.hasMore()) {
        schedulePass();
      }
      passing = false;
      for (int i = 0; i < watches.size(); i++) {
        watches.get(i).set();
      }
      if (!isBehind()) {
        if (rounds.hasMore()) {
          expireDue(); // a timer might fire within rounds only
        }
        arm();
      }
    } finally {
      passing = false;
      leave(previous);
    }
  }

  /** Also what is added meanwhile. */
  private static void runAll(List<Runnable> actions) {
    for (int i = 0; i < actions.size(); i++) {
      actions.get(i).run();
    }
    actions.clear();
  }

  private void arm() {
    long earliest = deadlines.earliest();
    if (earliest >= timerMillis) {
      return; // an early timer finds nothing to do and arms itself anew
    }
    if (timer != null) {
      timer.cancel(false);
    }
    timerMillis = earliest;
    long delay = Math.max(1, earliest - nowMillis());
    timer = eventLoop.schedule(this::expire, delay, TimeUnit.MILLISECONDS);
  }

  private void expire() {
    timer = null;
    timerMillis = Engine.NO_DEADLINE;
    if (isBehind()) {
      return; // the pass that ends the round sees to it
    }
    ContextInternal previous = enter();
    try {
      expireDue();
    } finally {
      leave(previous);
    }
    schedulePass();
  }

  private void expireDue() {
    long nowMillis = nowMillis();
    Timed expired = deadlines.pollExpired(nowMillis);
    while (expired != null) {
      expired.expired(nowMillis);
      expired = deadlines.pollExpired(nowMillis);
    }
  }

  /** Whatever has a deadline in this shard. Its entry is out when it is called. */
  interface Timed {
    /** The deadline has come. Does not throw. */
    void expired(long nowMillis);
  }

  /** A {@link TimedPart} that this shard watches. */
  public final class Watch implements Timed {
    private final TimedPart part;
    private final Deadlines.Entry<Timed> entry;
    private long notBeforeMillis = Long.MIN_VALUE;

    private Watch(TimedPart part) {
      this.part = part;
      this.entry = deadlines.entry(this);
    }

    /** The part is forgotten. */
    public void cancel() {
      watches.remove(this);
      deadlines.remove(entry);
    }

    @Override
    public void expired(long nowMillis) {
      try {
        part.timeout(nowMillis);
      } catch (Throwable failure) {
        failed(failure);
      }
    }

    private void set() {
      try {
        deadlines.set(entry, Math.max(part.deadlineMillis(), notBeforeMillis));
      } catch (Throwable failure) {
        failed(failure);
      }
    }

    private void failed(Throwable failure) {
      LOG.error("A timed part of the shard failed", failure);
      notBeforeMillis = nowMillis() + REST_MILLIS;
    }
  }
}
