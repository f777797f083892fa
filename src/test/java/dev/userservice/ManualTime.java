package dev.userservice;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Time that passes only when a test says so: a monotonic clock, a timer, and a wall clock that agree. A task without
 * delay runs at once, any other when time is advanced to it, on the thread that advances it. Thread-safe.
 */
public final class ManualTime extends AbstractExecutorService implements ScheduledExecutorService, LongSupplier {

    /** What the wall clock shows at first. */
    public static final Instant START = Instant.parse("2026-11-22T07:31:05Z");

    /** The monotonic clock overflows after a second, as {@link System#nanoTime()} may. */
    private static final long ORIGIN = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(1);

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PriorityQueue<Alarm<?>> alarms = new PriorityQueue<>();
    private long elapsed;
    private long lastOrder;
    private boolean shutDown;

    /** Returns the monotonic clock's nanoseconds. */
    @Override
    public synchronized long getAsLong() {
        return ORIGIN + elapsed;
    }

    /** Returns how much time has passed. */
    public synchronized Duration elapsed() {
        return Duration.ofNanos(elapsed);
    }

    /** Returns the wall clock. */
    public Clock clock() {
        return new WallClock();
    }

    /** Lets time pass, and runs on the way whatever is due, each task at its own time. */
    public void advance(Duration by) {
        long until = elapsed().plus(by).toNanos();
        for (Optional<Alarm<?>> due = next(until); due.isPresent(); due = next(until)) {
            due.get().run();
        }
    }

    /** Waits until {@code count} tasks are due in exactly {@code wait}, then lets that time pass. */
    public void advanceWhenAskedFor(Duration wait, int count) throws InterruptedException {
        awaitAlarms(wait, count);
        advance(wait);
    }

    /** Waits until a task is due in exactly {@code wait}, then lets that time pass. */
    public void advanceWhenAskedFor(Duration wait) throws InterruptedException {
        advanceWhenAskedFor(wait, 1);
    }

    /** Waits until {@code count} tasks are due in exactly {@code wait}. */
    public synchronized void awaitAlarms(Duration wait, int count) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (alarms.stream()
                        .filter(alarm -> alarm.at == elapsed + wait.toNanos())
                        .count()
                < count) {
            long left = giveUp - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("no " + count + " tasks due in " + wait + ", but in " + waits());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Returns how long every task still has to wait, the next one first. */
    public synchronized List<Duration> waits() {
        return alarms.stream()
                .sorted()
                .map(alarm -> Duration.ofNanos(alarm.at - elapsed))
                .toList();
    }

    private synchronized Optional<Alarm<?>> next(long until) {
        Optional<Alarm<?>> due = Optional.<Alarm<?>>ofNullable(alarms.peek()).filter(alarm -> alarm.at <= until);
        due.ifPresent(alarms::remove);
        elapsed = Math.max(elapsed, due.map(alarm -> alarm.at).orElse(until));
        return due;
    }

    @Override
    public <V> ScheduledFuture<V> schedule(Callable<V> task, long delay, TimeUnit unit) {
        Alarm<V> alarm = alarm(task, unit.toNanos(delay));
        if (delay <= 0) {
            alarm.run();
        }
        return alarm;
    }

    private synchronized <V> Alarm<V> alarm(Callable<V> task, long delayNanos) {
        lastOrder++;
        Alarm<V> alarm = new Alarm<>(task, elapsed + delayNanos, lastOrder);
        if (delayNanos > 0) {
            alarms.add(alarm);
            notifyAll();
        }
        return alarm;
    }

    private synchronized void forget(Alarm<?> alarm) {
        alarms.remove(alarm);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return schedule(Executors.callable(task), delay, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long delay, long period, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long delay, long pause, TimeUnit unit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public synchronized void shutdown() {
        shutDown = true;
    }

    @Override
    public synchronized List<Runnable> shutdownNow() {
        shutDown = true;
        List<Runnable> waiting = List.copyOf(alarms);
        alarms.clear();
        return waiting;
    }

    @Override
    public synchronized boolean isShutdown() {
        return shutDown;
    }

    @Override
    public synchronized boolean isTerminated() {
        return shutDown && alarms.isEmpty();
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }

    /** A task and when it is due. */
    private final class Alarm<V> extends FutureTask<V> implements ScheduledFuture<V> {

        private final long at;
        private final long order;

        Alarm(Callable<V> task, long at, long order) {
            super(task);
            this.at = at;
            this.order = order;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - elapsed().toNanos(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            Alarm<?> alarm = (Alarm<?>) other;
            return at == alarm.at ? Long.compare(order, alarm.order) : Long.compare(at, alarm.at);
        }

        @Override
        protected void done() {
            forget(this);
        }
    }

    /** The wall clock, in UTC. */
    private final class WallClock extends Clock {

        @Override
        public Instant instant() {
            return START.plus(elapsed());
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return Clock.fixed(instant(), zone);
        }
    }
}
