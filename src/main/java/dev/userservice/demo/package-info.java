/**
 * A stand-in for the internal user API with made-up users, reachable from this machine only and only with a token that
 * is new at each start. It is asked over real HTTP, like any API; nothing else here knows that it is a sample.
 */
package dev.userservice.demo;
