package dev.userservice.tools;

import dev.userservice.audit.AuditLog;
import dev.userservice.call.UserApi;
import dev.userservice.limit.DisclosureBudget;
import dev.userservice.limit.RateLimiter;
import dev.userservice.sanitize.TextCleaner;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What the stages work with, the same for every call; validate works with the tool alone.
 *
 * @param timer runs what must happen in its time; nothing on it ever blocks
 * @param counter asks the budget, one call after another, and may be held up by its file
 * @param recorder writes audit lines, one after another, and may be held up by them
 */
public record Stages(
        RateLimiter limiter,
        DisclosureBudget budget,
        UserApi api,
        TextCleaner cleaner,
        AuditLog audit,
        ScheduledExecutorService timer,
        Executor counter,
        Executor recorder) {}
