import { config } from '../../config.ts'
import { currencySign } from '../../money.ts'
import { TextArea, TextField } from '../../ui/field.tsx'
import type { Draft, DraftFaults } from './product-draft.ts'

type Props = { draft: Draft; faults: DraftFaults; onChange: (draft: Draft) => void; stockHint?: string }

/** Name, description, price and stock: the same for a new product and an old one. */
export function ProductFields({ draft, faults, onChange, stockHint }: Props) {
  const set = (field: keyof Draft) => (event: { target: { value: string } }) =>
    onChange({ ...draft, [field]: event.target.value })
  return (
    <div className="grid grid-cols-2 gap-x-4 gap-y-5">
      <TextField
        label="Name"
        name="name"
        required
        autoComplete="off"
        maxLength={config.limits.nameCharacters}
        value={draft.name}
        error={faults.name}
        onChange={set('name')}
        className="col-span-2"
      />
      <TextField
        label="Price"
        name="price"
        required
        prefix={currencySign}
        inputMode="decimal"
        autoComplete="off"
        value={draft.price}
        error={faults.price}
        onChange={set('price')}
      />
      <TextField
        label="Stock"
        name="stock"
        required
        inputMode="numeric"
        autoComplete="off"
        hint={stockHint}
        value={draft.stock}
        error={faults.stock}
        onChange={set('stock')}
      />
      <TextArea
        label="Description (optional)"
        name="description"
        rows={7}
        maxLength={config.limits.descriptionCharacters}
        hint="Line breaks are kept."
        value={draft.description}
        error={faults.description}
        onChange={set('description')}
        className="col-span-2"
      />
    </div>
  )
}
