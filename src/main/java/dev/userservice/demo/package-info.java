/**
 * A stand-in for the internal user API with made-up users, reachable from this machine only and only with a token that
 * is another one each time. It is asked over real HTTP, like any API; nothing else here knows that it is a sample.
 */
package dev.userservice.demo;
