# SPDX-License-Identifier: GPL-3.0-or-later
"""Other processes and threads: forks after parallel work, spawned ones, the GIL, what import takes."""
import multiprocessing
import os
import subprocess
import sys
import threading

import pytest

import cisup

HOW = dict(D=120, T=40, S=3, L=2, networks=2, samples=50, z=1)


def errors_of(net):
    active, x = net.sample(16, 1)
    return cisup.measure(**HOW).errors.mse.tolist(), net.run(active, x).readout.sum()


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_children_give_the_same(way):
    net = cisup.Network.make(D=120, T=40, S=3, L=2)
    want = errors_of(net)  # OpenMP has threads from here on
    with multiprocessing.get_context(way).Pool(2) as pool:
        got = pool.map_async(errors_of, [net, net]).get(timeout=120)
    assert got == [want, want]


def test_workers_of_a_dataloader():
    torch = pytest.importorskip("torch")
    net = cisup.Network.make(D=120, T=40, S=3, L=2)
    net.run([[1]])

    class Samples(torch.utils.data.Dataset):
        def __len__(self):
            return 8

        def __getitem__(self, k):
            return net.run([[k]], readouts=False, layers=[2]).A[2][0]
    loaded = torch.cat(list(torch.utils.data.DataLoader(Samples(), batch_size=4, num_workers=2, timeout=120)))
    assert (loaded.numpy() == [net.run([[k]], layers=[2]).A[2][0] for k in range(8)]).all()


def test_other_threads_run_meanwhile():
    ticks, over = [0], threading.Event()

    def tick():
        while not over.wait(0.001):
            ticks[0] += 1
    thread = threading.Thread(target=tick)
    thread.start()
    cisup.measure(networks=60, samples=500, z=1, threads=1)
    over.set()
    thread.join()
    assert ticks[0] > 3


def test_two_threads_measure_at_once():
    want, got = cisup.measure(**HOW).errors.mse.tolist(), []
    threads = [threading.Thread(target=lambda: got.append(cisup.measure(**HOW).errors.mse.tolist())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [want] * 3


def test_import_takes_what_it_needs_alone():
    script = ("import sys, cisup; a = cisup.allocate(20, 2, 10); cisup.check(a); "
              "print([name for name in ('pandas', 'torch', 'matplotlib', 'tqdm') if name in sys.modules])")
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True,
                          env=dict(os.environ))
    assert said.stdout.strip() == "[]"
