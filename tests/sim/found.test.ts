/** Worlds in which a law broke once, made small, each with what it taught. */
import { expect, test } from 'vitest'
import { runSeed } from '../../shared/sim/run.ts'

test('1116: a start that is refused because the journal was rolled back leaves nothing, or the next tab would take it for a newer one', async () => {
  const { violation } = await runSeed({
    seed: 1116,
    profile: {
      settings: {
        electionMin: 150,
        electionMax: 300,
        checkQuorum: 2_000,
        heartbeat: 50,
        preVote: true,
        appendBytes: 262_144,
        appendsInFlight: 16,
        windowMin: 16_384,
        uncommittedMax: 1_000,
        chunkBytes: 262_144,
        logTail: 1_000,
      },
      network: {
        delayMax: 10,
        handshake: [100, 400],
        loss: 0,
        duplicate: 0,
        reorder: 0,
        reorderMax: 20,
        spike: 0,
        spikeMax: 600,
        farewellLoss: 0,
        farewellCut: 0,
      },
      chaos: 640.5398285121069,
    },
    faults: [
      { at: 10, kind: 'open-tab', who: 0.17987297242507339, other: 0.002442337805405259, lasts: 0 },
      { at: 102.7501626778394, kind: 'open-tab', who: 0.6881497716531157, other: 0.12941753072664142, lasts: 0 },
      { at: 52.3774846829474, kind: 'open-tab', who: 0.08947572414763272, other: 0.050703074084594846, lasts: 0 },
      { at: 3306.1450436274004, kind: 'roll-back', who: 0.9964587853755802, other: 0.924622158985585, lasts: 103 },
    ],
  })
  expect(violation).toBeNull()
})

test('3155: a tab whose own log is old takes the voter stored beside it, though that was a learner when it last heard', async () => {
  const { violation } = await runSeed({
    seed: 3155,
    faults: [
      { at: 10, kind: 'new-machine', who: 0.35775757883675396, other: 0.35045699984766543, lasts: 0 },
      { at: 25.552206058055162, kind: 'new-machine', who: 0.3094572478439659, other: 0.9372547776438296, lasts: 0 },
      { at: 78.19528853520751, kind: 'open-tab', who: 0.7002195168752223, other: 0.38582906499505043, lasts: 0 },
      { at: 3168.0448949337006, kind: 'duplicate', who: 0.8488624910824001, other: 0.9383820204529911, lasts: 1101.8837876617908 },
      { at: 3620.9993831813335, kind: 'strand-leader', who: 0.5886673736386001, other: 0.5933190456125885, lasts: 2894.221374951303 },
      { at: 8722.100414708257, kind: 'cut-pair', who: 0.3714816274587065, other: 0.032581043895334005, lasts: 1800.9129859041423 },
      { at: 4976.3167809502975, kind: 'roll-back', who: 0.7572621591389179, other: 0.48843931523151696, lasts: 330.60062556760386 },
      { at: 10563.706232372308, kind: 'roll-back', who: 0.5302051738835871, other: 0.3054173190612346, lasts: 1990.9706358099356 },
    ],
  })
  expect(violation).toBeNull()
})
