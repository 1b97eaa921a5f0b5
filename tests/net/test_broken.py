#!/usr/bin/env python3
"""Connections that break: without a word (half-open), with a reset, with the camera."""

import unittest

from net import HERE, NetTest, await_that

SOON = ("--stall", "1", "--connect-timeout", "1")


class BrokenTest(NetTest):
    def await_new_session(self, have, number=20):
        """More pictures than were there, and the first of them is the clip's first."""
        self.viewer.until("pictures again", lambda: len(self.viewer.pictures) >= have + number)
        self.missing()

    # ---- half-open ----

    def check_silence(self, transport):
        self.start(transport, *SOON)
        attempts = self.metric("camera_attempts_total")
        known = len(self.viewer.states)
        self.wire.order("both cut 1")
        known = self.viewer.until_state("retrying", "stalled", since=known)
        have = len(self.viewer.pictures)
        self.viewer.until_state("retrying", "timeout", since=known)  # nobody answers
        await_that("tried again and again", lambda: self.metric("camera_attempts_total") >= attempts + 3)
        known = len(self.viewer.states)
        self.wire.order("both cut 0")
        self.viewer.until_state("live", since=known)
        self.await_new_session(have)
        self.assertEqual(self.metric("camera_sessions"), 1)  # nothing is left of those before

    def test_the_line_is_silent_by_tcp(self):
        self.check_silence("tcp")

    def test_the_line_is_silent_by_udp(self):
        self.check_silence("udp")

    def check_silence_at(self, request):
        self.start_camera()
        self.start_engine(*SOON)
        self.wire.order(f"on {request} cut")
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "timeout")
        self.assertEqual(self.wire.stats()["triggered"], 1)
        known = len(self.viewer.states)
        self.wire.order("both cut 0")
        self.viewer.until_state("live", since=known)
        self.await_new_session(0)

    def test_the_line_is_silent_from_describe_on(self):
        self.check_silence_at("DESCRIBE")

    def test_the_line_is_silent_from_setup_on(self):
        self.check_silence_at("SETUP")

    def test_the_line_is_silent_from_play_on(self):
        self.check_silence_at("PLAY")

    def test_the_line_is_silent_from_the_beginning(self):
        self.wire.order("both cut 1")
        self.start_camera()
        self.start_engine(*SOON)
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "timeout")
        self.wire.order("both cut 0")
        self.await_new_session(0)

    def test_the_camera_is_another_machine_after_a_power_cut(self):
        """It knows nothing of the connection, and a reset answers what we say of it."""
        self.start("tcp", *SOON)
        known = len(self.viewer.states)
        self.wire.renew()
        known = self.viewer.until_state("retrying", "stalled", since=known)
        # The old TEARDOWN is sent again until the new machine refuses it.
        self.viewer.until_state("retrying", "refused", since=known)
        have = len(self.viewer.pictures)
        self.start_camera()
        self.await_new_session(have)

    # ---- resets ----

    def test_a_reset_amid_pictures(self):
        self.start("tcp", *SOON)
        known = len(self.viewer.states)
        have = len(self.viewer.pictures)
        self.wire.order("reset")
        known = self.viewer.until_state("retrying", "closed", since=known)
        self.viewer.until_state("live", since=known)
        self.await_new_session(have)
        self.assertEqual(self.wire.stats()["resets"], 1)

    def check_reset_at(self, request):
        self.start_camera()
        self.start_engine(*SOON)
        self.wire.order(f"on {request} reset")
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "closed")
        self.assertEqual(self.wire.stats()["resets"], 1)
        self.await_new_session(0)

    def test_a_reset_at_describe(self):
        self.check_reset_at("DESCRIBE")

    def test_a_reset_at_setup(self):
        self.check_reset_at("SETUP")

    def test_a_connection_that_is_refused(self):
        self.wire.order("reset")
        self.start_camera()
        self.start_engine(*SOON)
        self.register("tcp")
        self.viewer = self.watch()
        self.viewer.until_state("retrying", "refused")
        self.await_new_session(0)

    # ---- addresses ----

    def hosts(self, address):
        (self.dir / "hosts").write_text(f"127.0.0.1 localhost\n{address} gate.camera.test\n")

    def test_the_cameras_name_leads_to_another_address(self):
        self.hosts("10.77.0.2")
        self.start_camera()
        # A namespace of mounts in which /etc/hosts is ours.
        self.start_engine(*SOON, before=(
            "unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"', str(self.dir / "hosts")))
        self.register("tcp", host="gate.camera.test")
        self.viewer = self.watch()
        self.viewer.until_more(10)
        known = len(self.viewer.states)
        self.wire.order("address far 10.77.0.3")
        known = self.viewer.until_state("retrying", "stalled", since=known)
        self.viewer.until_state("retrying", "timeout", since=known)
        have = len(self.viewer.pictures)
        self.hosts("10.77.0.3")
        self.await_new_session(have)

    def check_own_address(self, transport):
        self.start(transport, *SOON)
        known = len(self.viewer.states)
        have = len(self.viewer.pictures)
        self.wire.order("address near 10.77.0.9")
        self.viewer.until_state("retrying", "stalled", since=known)
        self.await_new_session(have, number=60)

    def test_our_own_address_is_another_one_by_tcp(self):
        self.check_own_address("tcp")

    def test_our_own_address_is_another_one_by_udp(self):
        self.check_own_address("udp")


if __name__ == "__main__":
    unittest.main(verbosity=2)
