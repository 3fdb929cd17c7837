# Writes bigint_vectors.txt: what Python's exact integers say about Solidity's range.
# Run as: python3 bigint_vectors.py > bigint_vectors.txt
import random

random.seed(5)
LOW, HIGH = -(2**255), 2**256 - 1
EDGES = [0, 1, -1, 2, 10, -10, 2**53, 2**63, 2**64 - 1, 2**64, 2**128, -(2**128), 2**255 - 1,
         2**255, LOW, LOW + 1, HIGH, HIGH - 1, 10**18, 10**77]


def value():
    if random.random() < 0.3:
        return random.choice(EDGES)
    number = random.getrandbits(random.choice([8, 32, 53, 64, 65, 127, 128, 200, 255, 256]))
    return max(LOW, -number if random.random() < 0.4 else number)


def divided(a, b):
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def shown(number):
    return str(number) if number is not None and LOW <= number <= HIGH else 'refused'


def power(a, b):
    if b < 0 or (abs(a) > 1 and b > 256):
        return None
    return a**b if abs(a) > 1 else (1 if b == 0 or a == 1 or (a == -1 and b % 2 == 0) else a)


for _ in range(150):
    a = value()
    b = a if random.random() < 0.05 else value()
    exponent = random.choice([b, random.randrange(-1, 260)] + [random.randrange(0, 6)] * 4)
    print(a, '+', b, shown(a + b))
    print(a, '-', b, shown(a - b))
    print(a, '*', b, shown(a * b))
    print(a, '/', b, shown(divided(a, b) if b else None))
    print(a, '%', b, shown(a - b * divided(a, b) if b else None))
    print(a, '^', exponent, shown(power(a, exponent)))
    print(a, '<', b, 1 if a < b else 0)
    print(a, '=', b, 1 if a == b else 0)
    print(a, 'x', 0, ('-' if a < 0 else '') + hex(abs(a)))
    print(a, 'w', 0, format(a % 2**256, '064x'))
