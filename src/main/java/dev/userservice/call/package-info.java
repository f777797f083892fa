/**
 * Stage 3: one GET at a time per call, to the configured origin only, within the call's deadline; the answer is read as
 * a stream and handed on as the few values that may be released. Where tokens are got by OAuth, also one POST at a time
 * to the token endpoint. The only importer of {@code java.net.http}.
 *
 * <p>From {@link dev.userservice.call.UserApi} it goes downwards:
 *
 * <ol>
 *   <li>{@code Walk} gets a list, answer by answer, into a {@code Window}: by numbers ({@code NumberedWalk}) or along
 *       next addresses ({@code LinkedAnswer}), from where {@code Continuations} say, and what it has {@code Seen} may
 *       not come again;
 *   <li>{@code Attempts} gets one answer, past {@code Circuit} and {@code HoldBack}, with a token of a
 *       {@code TokenSource};
 *   <li>{@code Attempt} sends one request over a {@code Connection}, and what comes of it is a {@code Verdict};
 *   <li>{@code AnswerReader} reads what a {@code Selection} wants of its body, as a {@code ListLayout} says where that
 *       stands.
 * </ol>
 */
package dev.userservice.call;
