import { TextField } from '../../ui/field.tsx'
import type { Address } from './address.ts'

type Props = {
  address: Address
  faults: Partial<Record<keyof Address, string>>
  disabled: boolean
  onChange: (address: Address) => void
}

const fields: { part: keyof Address; label: string; autoComplete: string; wide: boolean; optional?: true }[] =
  [
    { part: 'name', label: 'Full name', autoComplete: 'shipping name', wide: true },
    { part: 'street', label: 'Street and number', autoComplete: 'shipping address-line1', wide: true },
    {
      part: 'extra',
      label: 'Apartment, floor (optional)',
      autoComplete: 'shipping address-line2',
      wide: true,
      optional: true,
    },
    { part: 'postalCode', label: 'Postal code', autoComplete: 'shipping postal-code', wide: false },
    { part: 'city', label: 'City', autoComplete: 'shipping address-level2', wide: false },
    {
      part: 'country',
      label: 'Country (optional)',
      autoComplete: 'shipping country-name',
      wide: true,
      optional: true,
    },
  ]

/** Where the goods go; a browser that knows it fills it in. */
export function AddressFields({ address, faults, disabled, onChange }: Props) {
  return (
    <fieldset disabled={disabled} className="disabled:opacity-60">
      <legend className="display text-2xl">Shipping address</legend>
      <div className="mt-5 grid grid-cols-2 gap-x-4 gap-y-5">
        {fields.map(({ part, label, autoComplete, wide, optional }) => (
          <TextField
            key={part}
            name={part}
            label={label}
            autoComplete={autoComplete}
            required={!optional}
            maxLength={190}
            value={address[part]}
            error={faults[part]}
            className={wide ? 'col-span-2' : ''}
            onChange={(event) => onChange({ ...address, [part]: event.target.value })}
          />
        ))}
      </div>
    </fieldset>
  )
}
