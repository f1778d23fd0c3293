package io.culvert.runtime.driver.loops;

import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.SingleThreadIoEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop that another one, its host, may run on its thread, while its own thread sleeps. The
 * host runs its guests one after the other, after its own pass, and waits for all of them at once:
 * what crosses from one to another wakes nobody.
 *
 * <p>Who is in a loop is who runs it at that moment: while the thread of the host is in a guest, it
 * is not in the host. So loops that share a thread exclude each other as those that do not.
 */
final class GatheringLoop extends SingleThreadIoEventLoop {
  private static final Logger LOG = LoggerFactory.getLogger(GatheringLoop.class);

  /** Of its own thread: what Netty grants. */
  private static final long TASKS_ALONE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Of a shared thread, before it is the next loop's turn. */
  private static final long TASKS_SHARED_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  /** How often guests and host may answer each other before the host looks at its own sockets. */
  private static final int TURNS = 3;

  /** A loop that is busier than this does not look for a host. */
  private static final int MAY_JOIN_PERCENT = 30;

  /** A host takes a guest if both together are not busier than this. */
  private static final int MAY_TAKE_PERCENT = 45;

  /** A host that is busier than this in two windows on end sends guests away. */
  private static final int TOO_BUSY_PERCENT = 70;

  /** Between two requests of a loop, and after it was sent away. */
  private static final long REQUEST_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** Between two invitations of a host: what the last guest brought is in its load then. */
  private static final long INVITATION_NANOS = 5 * Load.WINDOW_NANOS;

  private final Load load = new Load(System.nanoTime());
  private final List<Guest> guests = new ArrayList<>();
  private final IoHandlerContext waiting = new Waiting();
  private final IoHandlerContext passing = new Passing();

  /**
   * Whose turn it is. Not volatile: only a thread itself writes its own name here, so it cannot
   * find it in a value that is old.
   */
  private @Nullable Thread runner;

  private volatile @Nullable GatheringLoop host;
  private @Nullable Thread home;
  private @Nullable GatheringLoop invitedBy;
  private boolean tooBusyBefore;
  private long nextRequestNanos = System.nanoTime();
  private long nextInvitationNanos = System.nanoTime();
  private long ioNanos;

  GatheringLoop(IoEventLoopGroup parent, Executor executor, IoHandlerFactory epoll) {
    super(
        parent,
        executor,
        loop -> new GatheringIoHandler((GatheringLoop) loop, epoll.newHandler(loop)));
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return thread == runner;
  }

  @Override
  public boolean isIoType(Class<? extends IoHandler> type) {
    return super.isIoType(type) || handler().isOf(type);
  }

  GatheringIoHandler handler() {
    return (GatheringIoHandler) ioHandler();
  }

  /** The loop whose thread runs this one: often itself. */
  GatheringLoop runningLoop() {
    GatheringLoop now = host;
    return now == null ? this : now;
  }

  @Override
  protected void run() {
    home = Thread.currentThread();
    runner = home;
    handler().initialize();
    try {
      do {
        pass();
      } while (!confirmShutdown());
    } finally {
      sendAllAway();
    }
  }

  private void pass() {
    joinIfInvited();
    ioNanos = 0;
    handler().run(waiting);
    long afterIo = System.nanoTime();
    if (isShuttingDown()) {
      sendAllAway();
      handler().prepareToDestroy();
    }
    runAllTasks(guests.isEmpty() ? TASKS_ALONE_NANOS : TASKS_SHARED_NANOS);
    long now = System.nanoTime();
    for (int turn = 0; turn < TURNS && guestsHaveWork(); turn++) {
      runGuests();
      runAllTasks(TASKS_SHARED_NANOS); // what the guests left here
      now = System.nanoTime();
    }
    load.add(ioNanos + now - afterIo);
    if (load.ends(now)) {
      think(now);
    }
  }

  // As a host.

  private void runGuests() {
    for (int i = 0; i < guests.size(); i++) {
      Guest guest = guests.get(i);
      boolean hadEvents = guest.takeEvents();
      if (hadEvents || guest.loop().hasWorkAsGuest()) {
        runGuest(guest.loop(), hadEvents);
      }
      if (guest.loop().isShuttingDown()) {
        sendAway(i--);
      }
    }
  }

  private void runGuest(GatheringLoop guest, boolean hasEvents) {
    Thread thread = runner;
    runner = null;
    guest.runner = thread;
    try {
      guest.passAsGuest(hasEvents);
    } finally {
      guest.runner = null;
      runner = thread;
    }
  }

  private boolean guestsHaveWork() {
    for (int i = 0; i < guests.size(); i++) {
      Guest guest = guests.get(i);
      if (guest.hasEvents() || guest.loop().hasWorkAsGuest() || guest.loop().isShuttingDown()) {
        return true;
      }
    }
    return false;
  }

  private void think(long now) {
    if (guests.isEmpty()) {
      lookForHost(now);
      return;
    }
    boolean tooBusy = load.percent() > TOO_BUSY_PERCENT;
    if (tooBusy && tooBusyBefore) {
      sendAllAway();
      tooBusyBefore = false;
    } else {
      tooBusyBefore = tooBusy;
    }
  }

  /** Called by a loop that would come; the answer is its invitation, or none. */
  private void consider(GatheringLoop other, int percent) {
    long now = System.nanoTime();
    if (now - nextInvitationNanos >= 0
        && load.percentNow(now) + percent <= MAY_TAKE_PERCENT
        && tell(other, () -> other.invitedBy = this)) {
      nextInvitationNanos = now + INVITATION_NANOS;
    }
  }

  private void take(GatheringLoop other) {
    if (isShuttingDown()) {
      other.comeHome();
      return;
    }
    try {
      guests.add(new Guest(other, handler()));
    } catch (Exception e) {
      LOG.warn("event loops keep their threads: one cannot watch another", e);
      other.comeHome();
    }
  }

  private void sendAway(int index) {
    Guest guest = guests.remove(index);
    guest.leave();
    guest.loop().comeHome();
  }

  private void sendAllAway() {
    while (!guests.isEmpty()) {
      sendAway(guests.size() - 1);
    }
  }

  // As a guest, or one who may become one.

  private void lookForHost(long now) {
    GatheringLoop first = (GatheringLoop) parent().iterator().next();
    if (first == this || load.percent() > MAY_JOIN_PERCENT || now - nextRequestNanos < 0) {
      return;
    }
    nextRequestNanos = now + REQUEST_NANOS;
    int percent = load.percent();
    tell(first, () -> first.consider(this, percent));
  }

  private void joinIfInvited() {
    GatheringLoop to = invitedBy;
    if (to == null) {
      return;
    }
    invitedBy = null;
    if (isShuttingDown()) {
      return;
    }
    runner = null;
    host = to;
    if (!tell(to, () -> to.take(this))) {
      host = null;
    }
    while (host != null) {
      LockSupport.park(this);
      Thread.interrupted(); // an interrupt is no reason to come home
    }
    runner = home;
    long now = System.nanoTime();
    load.restart(now);
    nextRequestNanos = now + REQUEST_NANOS;
  }

  /** Called by the thread of the host. */
  private void comeHome() {
    Thread sleeping = home;
    host = null;
    LockSupport.unpark(sleeping);
  }

  /** False if the other one has ended. */
  private static boolean tell(GatheringLoop other, Runnable what) {
    try {
      other.execute(what);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void passAsGuest(boolean hasEvents) {
    if (hasEvents) {
      handler().run(passing);
    }
    runAllTasks(TASKS_SHARED_NANOS);
  }

  private boolean hasWorkAsGuest() {
    runner = Thread.currentThread(); // who looks must be in it
    boolean has = hasWork();
    runner = null;
    return has;
  }

  private boolean hasWork() {
    return hasTasks() || hasScheduledTasks();
  }

  /** Waits for this loop and its guests. */
  private final class Waiting implements IoHandlerContext {
    @Override
    public boolean canBlock() {
      return !hasWork() && !guestsHaveWork();
    }

    @Override
    public long delayNanos(long nowNanos) {
      long delay = GatheringLoop.this.delayNanos(nowNanos);
      for (int i = 0; i < guests.size(); i++) {
        delay = Math.min(delay, guests.get(i).loop().delayNanos(nowNanos));
      }
      return delay;
    }

    @Override
    public long deadlineNanos() {
      long deadline = GatheringLoop.this.deadlineNanos();
      for (int i = 0; i < guests.size(); i++) {
        long other = guests.get(i).loop().deadlineNanos();
        if (other != -1 && (deadline == -1 || other < deadline)) {
          deadline = other;
        }
      }
      return deadline;
    }

    @Override
    public boolean shouldReportActiveIoTime() {
      return true;
    }

    @Override
    public void reportActiveIoTime(long nanos) {
      ioNanos = nanos;
    }
  }

  /** Takes what is there. */
  private static final class Passing implements IoHandlerContext {
    @Override
    public boolean canBlock() {
      return false;
    }

    @Override
    public long delayNanos(long nowNanos) {
      return 0;
    }

    @Override
    public long deadlineNanos() {
      return -1;
    }
  }
}
