# mypy: disable-error-code="untyped-decorator,no-untyped-def"
"""Compiled kernels of `tetrapylon.plan.genetic`. Imported only where numba is installed.

Arguments common to all: duration (n, modes), use (n, modes, pools), spend (n, modes, budgets), number of modes (n),
predecessors and successors as CSR (at, index), pool sizes, budgets; all int64. Times in slots.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_PENALTY = 1_000_000


@njit(cache=True, nogil=True)
def _fit(profile, use, size, begin, d, horizon):
    """Earliest t >= begin with room for ``use`` over [t, t + d)."""
    t = begin
    while True:
        moved = t
        for s in range(t + d - 1, t - 1, -1):
            for r in range(size.shape[0]):
                if profile[s, r] + use[r] > size[r]:
                    moved = s + 1
                    break
            if moved > t:
                break
        if moved == t or moved + d > horizon:
            return moved
        t = moved


@njit(cache=True, nogil=True)
def forward(duration, use, spend, modes_of, pred_at, pred, size, stock, order, modes, starts, spent, choice):
    """Serial generation from a precedence-feasible list.

    Where ``choice[i]`` is true the activity takes the mode that finishes first among those the budgets still admit
    with the modes of all others as they stand; ``modes`` and ``spent`` are changed accordingly.
    """
    n = duration.shape[0]
    horizon = 0
    for i in range(n):
        longest = 0
        for m in range(modes_of[i]):
            longest = max(longest, duration[i, m])
        horizon += longest
    profile = np.zeros((horizon + 1, size.shape[0]), np.int64)
    latest = 0
    for x in range(n):
        i = order[x]
        begin = 0
        for k in range(pred_at[i], pred_at[i + 1]):
            p = pred[k]
            begin = max(begin, starts[p] + duration[p, modes[p]])
        m = modes[i]
        t = _fit(profile, use[i, m], size, begin, duration[i, m], horizon)
        if choice[i] and modes_of[i] > 1:
            for k in range(modes_of[i]):
                if k == modes[i]:
                    continue
                admitted = True
                for b in range(stock.shape[0]):
                    after = spent[b] - spend[i, m, b] + spend[i, k, b]
                    if after > stock[b] and after > spent[b]:
                        admitted = False
                        break
                if not admitted:
                    continue
                other = _fit(profile, use[i, k], size, begin, duration[i, k], horizon)
                if other + duration[i, k] < t + duration[i, m]:
                    for b in range(stock.shape[0]):
                        spent[b] += spend[i, k, b] - spend[i, m, b]
                    m, t = k, other
            modes[i] = m
        starts[i] = t
        for s in range(t, t + duration[i, m]):
            for r in range(size.shape[0]):
                profile[s, r] += use[i, m, r]
        latest = max(latest, t + duration[i, m])
    return latest


@njit(cache=True, nogil=True)
def backward(duration, use, succ_at, succ, size, order, modes, starts):
    """Right-justify: place activities in this list, each as late as possible before slot 0; ``starts`` go negative.

    Time runs backwards from 0: the reversed start of an activity is minus its end.
    """
    n = duration.shape[0]
    horizon = 0
    for i in range(n):
        horizon += duration[i, modes[i]]
    profile = np.zeros((horizon + 1, size.shape[0]), np.int64)
    for x in range(n):
        i = order[x]
        d = duration[i, modes[i]]
        begin = 0
        for k in range(succ_at[i], succ_at[i + 1]):
            begin = max(begin, -starts[succ[k]])
        t = _fit(profile, use[i, modes[i]], size, begin, d, horizon)
        starts[i] = -(t + d)
        for s in range(t, t + d):
            for r in range(size.shape[0]):
                profile[s, r] += use[i, modes[i], r]


@njit(cache=True, nogil=True)
def _by_time(times, position, descending):
    """Activities by time; ties by topological position (reversed where descending)."""
    n = times.shape[0]
    key = np.empty(n, np.int64)
    for i in range(n):
        key[i] = (-times[i] if descending else times[i]) * n + (n - 1 - position[i] if descending else position[i])
    return np.argsort(key)


@njit(cache=True, nogil=True)
def _justify(duration, use, spend, modes_of, pred_at, pred, succ_at, succ, size, stock, position, modes, starts, spent):
    """Double justification until it brings nothing; returns the makespan."""
    n = duration.shape[0]
    fixed = np.zeros(n, np.bool_)
    ends = np.empty(n, np.int64)
    latest = 0
    for i in range(n):
        latest = max(latest, starts[i] + duration[i, modes[i]])
    trial = starts.copy()
    for _ in range(6):
        for i in range(n):
            ends[i] = trial[i] + duration[i, modes[i]]
        backward(duration, use, succ_at, succ, size, _by_time(ends, position, True), modes, trial)
        found = forward(
            duration, use, spend, modes_of, pred_at, pred, size, stock,
            _by_time(trial, position, False), modes, trial, spent, fixed,
        )  # fmt: skip
        better = found < latest
        if found <= latest:
            starts[:] = trial
            latest = found
        if not better:
            break
    return latest


@njit(cache=True, nogil=True)
def _topological(pred_at, succ_at, succ):
    n = pred_at.shape[0] - 1
    waiting = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    size = 0
    for i in range(n):
        waiting[i] = pred_at[i + 1] - pred_at[i]
        if waiting[i] == 0:
            order[size] = i
            size += 1
    x = 0
    while x < size:
        i = order[x]
        x += 1
        for k in range(succ_at[i], succ_at[i + 1]):
            waiting[succ[k]] -= 1
            if waiting[succ[k]] == 0:
                order[size] = succ[k]
                size += 1
    position = np.empty(n, np.int64)
    for x in range(n):
        position[order[x]] = x
    return position


@njit(cache=True, nogil=True)
def _sampled(pred_at, succ_at, succ, tail):
    """A precedence-feasible list drawn with regret-biased sampling on the longest tail."""
    n = pred_at.shape[0] - 1
    waiting = np.empty(n, np.int64)
    ready = np.empty(n, np.int64)
    order = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        waiting[i] = pred_at[i + 1] - pred_at[i]
        if waiting[i] == 0:
            ready[count] = i
            count += 1
    for x in range(n):
        least = tail[ready[0]]
        for k in range(count):
            least = min(least, tail[ready[k]])
        total = 0.0
        for k in range(count):
            total += tail[ready[k]] - least + 1.0
        pick = np.random.random() * total
        k = 0
        while k < count - 1:
            pick -= tail[ready[k]] - least + 1.0
            if pick < 0:
                break
            k += 1
        i = ready[k]
        count -= 1
        ready[k] = ready[count]
        order[x] = i
        for e in range(succ_at[i], succ_at[i + 1]):
            waiting[succ[e]] -= 1
            if waiting[succ[e]] == 0:
                ready[count] = succ[e]
                count += 1
    return order


@njit(cache=True, nogil=True)
def _afford(spend, modes_of, stock, modes):
    """Change modes at random as long as that lessens overspending; returns what is spent of every budget."""
    n = modes.shape[0]
    spent = np.zeros(stock.shape[0], np.int64)
    for i in range(n):
        spent += spend[i, modes[i]]
    for _ in range(4 * n):
        over = 0
        for b in range(stock.shape[0]):
            over += max(0, spent[b] - stock[b])
        if over == 0:
            break
        i = np.random.randint(n)
        k = np.random.randint(modes_of[i])
        now = 0
        for b in range(stock.shape[0]):
            now += max(0, spent[b] + spend[i, k, b] - spend[i, modes[i], b] - stock[b])
        if now < over:
            spent += spend[i, k] - spend[i, modes[i]]
            modes[i] = k
    return spent


@njit(cache=True, nogil=True)
def _raise_child(
    duration, use, spend, modes_of, pred_at, pred, succ_at, succ, size, stock, position, order, modes, starts, keenness
):
    """Decode, justify and return the fitness; ``order`` becomes the list of the schedule found."""
    n = duration.shape[0]
    spent = _afford(spend, modes_of, stock, modes)
    choice = np.empty(n, np.bool_)
    for i in range(n):
        choice[i] = np.random.random() < keenness
    forward(duration, use, spend, modes_of, pred_at, pred, size, stock, order, modes, starts, spent, choice)
    latest = _justify(
        duration, use, spend, modes_of, pred_at, pred, succ_at, succ, size, stock, position, modes, starts, spent
    )
    order[:] = _by_time(starts, position, False)
    over = 0
    for b in range(stock.shape[0]):
        over += max(0, spent[b] - stock[b])
    return latest + _PENALTY * over


@njit(cache=True, nogil=True)
def found(
    duration,
    use,
    spend,
    modes_of,
    pred_at,
    pred,
    succ_at,
    succ,
    size,
    stock,
    tail,
    lists,
    modes,
    starts,
    fitness,
    children,
    seed,
):
    """Found a population by sampling ``children`` schedules and keeping the best."""
    np.random.seed(seed)
    n = duration.shape[0]
    position = _topological(pred_at, succ_at, succ)
    mode = np.zeros(n, np.int64)
    start = np.zeros(n, np.int64)
    for _ in range(children):
        order = _sampled(pred_at, succ_at, succ, tail)
        for i in range(n):
            mode[i] = np.random.randint(modes_of[i])
        value = _raise_child(
            duration, use, spend, modes_of, pred_at, pred, succ_at, succ, size, stock, position, order, mode, start, 0.8
        )
        worst = np.argmax(fitness)
        if value < fitness[worst]:
            lists[worst], modes[worst], starts[worst], fitness[worst] = order, mode, start, value


@njit(cache=True, nogil=True)
def evolve(
    duration,
    use,
    spend,
    modes_of,
    pred_at,
    pred,
    succ_at,
    succ,
    size,
    stock,
    tail,
    lists,
    modes,
    starts,
    fitness,
    children,
    seed,
):
    """Make ``children`` by two-point crossover, mutation and justification; those no worse replace the worst."""
    np.random.seed(seed)
    n = duration.shape[0]
    count = fitness.shape[0]
    position = _topological(pred_at, succ_at, succ)
    order = np.empty(n, np.int64)
    mode = np.empty(n, np.int64)
    start = np.zeros(n, np.int64)
    taken = np.empty(n, np.bool_)
    for _ in range(children):
        mother = np.random.randint(count)
        other = np.random.randint(count)
        if fitness[other] < fitness[mother]:
            mother = other
        father = np.random.randint(count)
        other = np.random.randint(count)
        if fitness[other] < fitness[father]:
            father = other
        a = np.random.randint(n + 1)
        b = np.random.randint(n + 1)
        if a > b:
            a, b = b, a
        taken[:] = False
        x = 0
        for k in range(a):
            i = lists[mother, k]
            order[x], mode[i], taken[i] = i, modes[mother, i], True
            x += 1
        for k in range(n):
            i = lists[father, k]
            if x == b:
                break
            if not taken[i]:
                order[x], mode[i], taken[i] = i, modes[father, i], True
                x += 1
        for k in range(n):
            i = lists[mother, k]
            if not taken[i]:
                order[x], mode[i], taken[i] = i, modes[mother, i], True
                x += 1
        for k in range(n - 1):
            if np.random.random() < 0.05:
                i, j = order[k], order[k + 1]
                linked = False
                for e in range(pred_at[j], pred_at[j + 1]):
                    if pred[e] == i:
                        linked = True
                        break
                if not linked:
                    order[k], order[k + 1] = j, i
            if np.random.random() < 0.03:
                i = order[k]
                mode[i] = np.random.randint(modes_of[i])
        value = _raise_child(
            duration, use, spend, modes_of, pred_at, pred, succ_at, succ, size, stock, position, order, mode, start, 0.3
        )
        worst = np.argmax(fitness)
        same = False
        for k in range(count):
            if fitness[k] == value and np.array_equal(starts[k], start) and np.array_equal(modes[k], mode):
                same = True
                break
        if not same and value <= fitness[worst]:
            lists[worst], modes[worst], starts[worst], fitness[worst] = order, mode, start, value
