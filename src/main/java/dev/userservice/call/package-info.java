/**
 * Stage 3: one GET at a time per call, to the configured origin only, within the call's deadline; the answer is read as
 * a stream and handed on as the few values that may be released. Where tokens are got by OAuth, also one POST at a time
 * to the token endpoint. The only importer of {@code java.net.http}.
 */
package dev.userservice.call;
